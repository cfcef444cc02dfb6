package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.model.Model;
import java.util.List;

/** A wire format as its receiver sees it. Stateless and thread-safe. */
public interface FamilyEmulator {

    /** The catalogue's name of the format: {@code anthropic-messages}. */
    String format();

    /** The form that this body of the model is in, for models that take more than one. */
    default FamilyEmulator forBody(JsonNode body, Model model) {
        return this;
    }

    /**
     * Checks a body, first against the format's schema, then against the model's rules.
     *
     * @throws dev.caravan.emulator.aws.AwsFailure ValidationException in AWS's words, as far as known
     */
    Conversation read(JsonNode body, Model model);

    /**
     * Checks a body whose answer is to be streamed.
     *
     * @throws dev.caravan.emulator.aws.AwsFailure as {@link #read} does, and for what cannot be streamed
     */
    default Conversation readForStream(JsonNode body, Model model) {
        return read(body, model);
    }

    /** Writes the body of a 200. The same conversation and answer give the same body, ids included. */
    ObjectNode write(Answer answer, Conversation conversation, Model model);

    /**
     * Cuts what {@link #write} wrote into the events of a stream, the words with the space before them. Joined they are
     * that reply, with the same ids.
     */
    List<StreamPart> stream(ObjectNode reply);
}
