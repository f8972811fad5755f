package fuzzy;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Comparator;
import java.util.stream.StreamSupport;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/** Finds what somebody may have meant: the candidates most like a word, and how like they are, from 0 to 1. */
public final class Match {
  private static final JaroWinklerSimilarity SIMILARITY = new JaroWinklerSimilarity();

  private Match() {}

  private record Scored(String candidate, double score) {}

  public static JsonObject main(JsonObject args) {
    String word = args.get("word").getAsString();
    int most = args.has("most") ? args.get("most").getAsInt() : 3;
    JsonArray matches = new JsonArray();
    StreamSupport.stream(args.getAsJsonArray("candidates").spliterator(), false)
        .map(JsonElement::getAsString)
        .map(candidate -> new Scored(candidate, SIMILARITY.apply(word, candidate)))
        .sorted(Comparator.comparingDouble(Scored::score).reversed())
        .limit(most)
        .forEach(scored -> matches.add(toJson(scored)));
    JsonObject result = new JsonObject();
    result.add("matches", matches);
    return result;
  }

  private static JsonObject toJson(Scored scored) {
    JsonObject match = new JsonObject();
    match.addProperty("candidate", scored.candidate());
    match.addProperty("score", Math.round(scored.score() * 1000) / 1000.0);
    return match;
  }
}
