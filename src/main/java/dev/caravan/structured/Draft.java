package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.caravan.error.LlmException;
import java.util.Locale;

/** The drafts of JSON Schema that are spoken, by their {@code $schema}. */
enum Draft {
    DRAFT_4("http://json-schema.org/draft-04/schema", VersionFlag.V4),
    DRAFT_6("http://json-schema.org/draft-06/schema", VersionFlag.V6),
    DRAFT_7("http://json-schema.org/draft-07/schema", VersionFlag.V7),
    DRAFT_2019_09("https://json-schema.org/draft/2019-09/schema", VersionFlag.V201909),
    DRAFT_2020_12("https://json-schema.org/draft/2020-12/schema", VersionFlag.V202012);

    private final String address;
    private final VersionFlag flag;

    Draft(String address, VersionFlag flag) {
        this.address = address;
        this.flag = flag;
    }

    /** @throws LlmException invalid_request when {@code $schema} names none of these */
    static Draft of(JsonNode schema) {
        JsonNode name = schema.get("$schema");
        if (name == null) {
            return DRAFT_2020_12;
        }
        Draft draft = name.isTextual() ? byAddress(name.textValue()) : null;
        if (draft == null) {
            throw LlmException.invalid("schema: $schema must be that of draft 4, 6, 7, 2019-09 or 2020-12, such as "
                    + DRAFT_2020_12.address);
        }
        return draft;
    }

    /** With or without an empty fragment, http or https; null when it is none. */
    static Draft byAddress(String address) {
        String plain = address.endsWith("#") ? address.substring(0, address.length() - 1) : address;
        int scheme = plain.indexOf("://");
        for (Draft draft : values()) {
            if (scheme >= 0
                    && (plain.startsWith("http:") || plain.startsWith("https:"))
                    && draft.address.endsWith(plain.substring(scheme))) {
                return draft;
            }
        }
        return null;
    }

    /** As the engine knows it. */
    JsonMetaSchema engineName() {
        return switch (flag) {
            case V4 -> JsonMetaSchema.getV4();
            case V6 -> JsonMetaSchema.getV6();
            case V7 -> JsonMetaSchema.getV7();
            case V201909 -> JsonMetaSchema.getV201909();
            case V202012 -> JsonMetaSchema.getV202012();
        };
    }

    /** The keyword that names a schema within a document. */
    String idKeyword() {
        return this == DRAFT_4 ? "id" : "$id";
    }

    /** Whether names of places are keywords of their own, and no fragments of {@code $id}. */
    boolean hasAnchors() {
        return compareTo(DRAFT_2019_09) >= 0;
    }

    /** Whether 1.0 is an integer. */
    boolean integersByValue() {
        return this != DRAFT_4;
    }

    String address() {
        return address;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
