package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.FormatKeyword;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.JsonValidator;
import com.networknt.schema.Keyword;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.ValidationContext;
import com.networknt.schema.ValidatorTypeCode;
import com.networknt.schema.Vocabularies;
import com.networknt.schema.Vocabulary;
import com.networknt.schema.resource.InputStreamSource;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The engine (networknt) with our bounds: its keywords count against the {@link Budget}, it loads nothing but the
 * meta-schemas in its own jar, formats are asserted, and it neither logs nor remembers keywords that it does not know.
 */
final class Engine {
    private static final Map<Draft, JsonMetaSchema> DIALECTS = dialects();
    private static final JsonSchemaFactory FACTORY = factory();
    private static final SchemaValidatorsConfig BY_VALUE = config(true);
    private static final SchemaValidatorsConfig BY_FORM = config(false);
    private static final ExecutionConfig EXECUTION = new Stepping();

    private Engine() {}

    /** Compiles what {@link EngineForm} gave. */
    static JsonSchema compile(JsonNode schema, Draft draft) {
        JsonSchema compiled = FACTORY.getSchema(
                SchemaLocation.of(SchemaInspection.NOWHERE.toString()),
                schema,
                draft.integersByValue() ? BY_VALUE : BY_FORM);
        // Resolves each reference of the document once; unfolding is left to the data.
        compiled.initializeValidators();
        return compiled;
    }

    static JsonSchema metaSchema(Draft draft) {
        JsonSchemaFactory fresh = factory();
        return fresh.getSchema(SchemaLocation.of(draft.engineName().getIri()), BY_VALUE);
    }

    static ExecutionContext execution() {
        return new ExecutionContext(EXECUTION);
    }

    private static JsonSchemaFactory factory() {
        return JsonSchemaFactory.builder()
                .defaultMetaSchemaIri(DIALECTS.get(Draft.DRAFT_2020_12).getIri())
                .metaSchemas(DIALECTS.values())
                .metaSchemaFactory((iri, schemaFactory, config) -> {
                    throw new Budget.Exceeded("it has another $schema inside");
                })
                .schemaLoaders(loaders -> loaders.values(list -> {
                    list.clear();
                    list.add(address -> load(String.valueOf(address)));
                }))
                .build();
    }

    private static InputStreamSource load(String address) {
        // The engine has mapped the addresses of meta-schemas to these names; with null its own loader reads them.
        if (address.startsWith("classpath:draft")) {
            return null;
        }
        return () -> {
            throw new Budget.Exceeded("it refers to another place");
        };
    }

    private static SchemaValidatorsConfig config(boolean integersByValue) {
        return SchemaValidatorsConfig.builder()
                .formatAssertionsEnabled(true)
                .losslessNarrowing(integersByValue)
                .pathType(PathType.JSON_POINTER)
                .preloadJsonSchema(false)
                .preloadJsonSchemaRefMaxNestingDepth(0)
                .regularExpressionFactory(new TimedPatterns())
                .schemaIdValidator((id, root, location, resolved, context) -> true)
                .locale(Locale.ROOT)
                .build();
    }

    private static Map<Draft, JsonMetaSchema> dialects() {
        Map<Draft, JsonMetaSchema> dialects = new EnumMap<>(Draft.class);
        for (Draft draft : Draft.values()) {
            dialects.put(draft, dialect(draft.engineName()));
        }
        return dialects;
    }

    private static JsonMetaSchema dialect(JsonMetaSchema plain) {
        return JsonMetaSchema.builder(plain)
                .keywords(keywords -> keywords.replaceAll((name, keyword) -> counted(keyword)))
                .formats(formats -> formats.replaceAll((name, format) -> OneLineFormat.of(format)))
                .vocabularyFactory(iri -> {
                    Vocabulary vocabulary = Vocabularies.getVocabulary(iri);
                    return vocabulary == null
                            ? null
                            : new Vocabulary(
                                    iri,
                                    vocabulary.getKeywords().stream()
                                            .map(Engine::counted)
                                            .toArray(Keyword[]::new));
                })
                .unknownKeywordFactory((name, context) -> null)
                .build();
    }

    private static Keyword counted(Keyword keyword) {
        if (keyword instanceof FormatKeyword || keyword == ValidatorTypeCode.FORMAT) {
            return keyword;
        }
        return switch (keyword.getValue()) {
            case "multipleOf" -> new Counted(ExactKeywords.MULTIPLE_OF);
            case "uniqueItems" -> new Counted(ExactKeywords.UNIQUE_ITEMS);
            case "const" -> new Counted(ExactKeywords.CONST);
            case "enum" -> new Counted(ExactKeywords.ENUM);
            default -> new Counted(keyword);
        };
    }

    private record Counted(Keyword keyword) implements Keyword {
        @Override
        public String getValue() {
            return keyword.getValue();
        }

        @Override
        public JsonValidator newValidator(
                SchemaLocation location, JsonNodePath path, JsonNode node, JsonSchema parent, ValidationContext context)
                throws Exception {
            Budget.keyword();
            return keyword.newValidator(location, path, node, parent, context);
        }
    }

    /** Every keyword asks at its start whether it should log: that is where its work is counted. */
    private static final class Stepping extends ExecutionConfig {
        Stepping() {
            setLocale(Locale.ROOT);
            setFormatAssertionsEnabled(true);
        }

        @Override
        public boolean isDebugEnabled() {
            Budget.evaluation();
            return false;
        }
    }
}
