package dev.caravan.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.caravan.model.CatalogueReader;
import dev.caravan.support.EmulatorHarness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams as AWS's client for Python reads them. Skipped where {@code python3} or its boto3 is not installed. */
class EmulatorBoto3IT {
    private static final String SCRIPT = """
            import sys, json, boto3
            from botocore.config import Config
            from botocore.exceptions import ClientError
            client = boto3.client("bedrock-runtime", endpoint_url=sys.argv[1], region_name="us-east-1",
                aws_access_key_id="x", aws_secret_access_key="y", config=Config(retries={"total_max_attempts": 1}))
            def converse(model, text, **more):
                said, stop, counted = "", None, None
                stream = client.converse_stream(modelId=model,
                    messages=[{"role": "user", "content": [{"text": text}]}], **more)["stream"]
                for event in stream:
                    delta = event.get("contentBlockDelta", {}).get("delta", {})
                    said += delta.get("text", "") + delta.get("toolUse", {}).get("input", "")
                    stop = event.get("messageStop", {}).get("stopReason", stop)
                    counted = event.get("metadata", {}).get("usage", counted)
                return said, stop, counted["totalTokens"] > 0
            def invoke(model, body):
                stream = client.invoke_model_with_response_stream(modelId=model, body=json.dumps(body))["body"]
                return [json.loads(event["chunk"]["bytes"]) for event in stream]
            for model in ["anthropic.claude-3-haiku-20240307-v1:0", "us.amazon.nova-pro-v1:0",
                          "mistral.mistral-7b-instruct-v0:2"]:
                print(converse(model, "@emulator text=\\"two words\\""))
            tool = {"toolSpec": {"name": "lookup", "inputSchema": {"json": {"type": "object",
                "properties": {"city": {"type": "string"}}}}}}
            print(converse("anthropic.claude-3-haiku-20240307-v1:0", "@emulator text={\\"city\\":\\"Oslo\\"}",
                toolConfig={"tools": [tool], "toolChoice": {"any": {}}}))
            chunks = invoke("meta.llama3-8b-instruct-v1:0", {"prompt": "@emulator text=\\"two words\\""})
            print("".join(chunk["generation"] for chunk in chunks), chunks[-1]["stop_reason"],
                "amazon-bedrock-invocationMetrics" in chunks[-1])
            try:
                converse("us.amazon.nova-pro-v1:0", "@emulator fault=exception error=ThrottlingException after=1")
            except ClientError as error:
                print(error.response["Error"]["Code"])
            """;

    @Test
    void boto3_reads_the_streams(@TempDir Path dir) throws Exception {
        assumeTrue(hasBoto3(dir), "python3 with boto3 is not installed here");
        Path script = Files.writeString(dir.resolve("streams.py"), SCRIPT);
        try (EmulatorHarness emulator =
                new EmulatorHarness(EmulatorOptions.of(CatalogueReader.shipped().all()))) {

            String printed =
                    run(dir, "python3", script.toString(), emulator.endpoint().toString());

            assertThat(printed.lines())
                    .containsExactly(
                            "('two words', 'end_turn', True)",
                            "('two words', 'end_turn', True)",
                            "('two words', 'end_turn', True)",
                            "('{\"city\":\"Oslo\"}', 'tool_use', True)",
                            "two words stop True",
                            "throttlingException");
        }
    }

    private static boolean hasBoto3(Path dir) throws InterruptedException {
        try {
            return run(dir, "python3", "-c", "import boto3; print('here')")
                    .strip()
                    .equals("here");
        } catch (IOException e) {
            return false;
        }
    }

    private static String run(Path dir, String... command) throws IOException, InterruptedException {
        Path out = dir.resolve("out.txt");
        Process process = new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}
