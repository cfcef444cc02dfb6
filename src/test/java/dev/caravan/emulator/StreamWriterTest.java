package dev.caravan.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.emulator.stream.StreamPlan;
import dev.caravan.emulator.stream.StreamPlan.Ending;
import dev.caravan.emulator.stream.StreamPlan.Step;
import dev.caravan.runtime.OwnVertx;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When frames are written: a server flushes together what it writes in one turn of its event loop. */
class StreamWriterTest {
    private final Vertx vertx = OwnVertx.create(1);
    private final CompletableFuture<List<Integer>> turnsOfWrites = new CompletableFuture<>();
    private final List<Integer> writes = new ArrayList<>();
    private int turn;

    @Test
    void each_frame_is_written_in_a_turn_of_its_own_and_none_in_that_of_the_request() throws Exception {
        Step frame = new Step(() -> new byte[] {1}, 1);
        StreamPlan plan = new StreamPlan(List.of(frame, frame, frame), Ending.END);
        try {
            vertx.runOnContext(first -> {
                count();
                new StreamWriter(vertx, request(), plan, () -> {}).start();
            });

            assertThat(turnsOfWrites.get(20, TimeUnit.SECONDS))
                    .hasSize(3)
                    .doesNotHaveDuplicates()
                    .doesNotContain(0);
        } finally {
            vertx.close();
        }
    }

    /** Tasks of an event loop run in order: this one comes between any two turns of the writer. */
    private void count() {
        vertx.getOrCreateContext().runOnContext(next -> {
            turn++;
            if (!turnsOfWrites.isDone()) {
                count();
            }
        });
    }

    private HttpServerRequest request() {
        HttpServerResponse response = fake(HttpServerResponse.class, (method, self) -> switch (method) {
            case "writeQueueFull" -> false;
            case "write" -> {
                writes.add(turn);
                yield Future.succeededFuture();
            }
            case "writeHead" -> Future.succeededFuture();
            case "end" -> {
                turnsOfWrites.complete(List.copyOf(writes));
                yield Future.succeededFuture();
            }
            default -> self;
        });
        return fake(
                HttpServerRequest.class, (method, self) -> method.equals("version") ? HttpVersion.HTTP_1_1 : response);
    }

    private interface Answering {
        Object answer(String method, Object self);
    }

    private static <T> T fake(Class<T> type, Answering answering) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answering.answer(method.getName(), self)));
    }
}
