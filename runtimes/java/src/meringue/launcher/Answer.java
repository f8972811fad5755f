package meringue.launcher;

import com.google.gson.JsonObject;

/** What a line is answered with: an HTTP status and the text of a JSON body. */
final class Answer {
  private final int status;
  private final String json;

  /** @param json one line */
  Answer(int status, String json) {
    this.status = status;
    this.json = json;
  }

  static Answer failed(int status, String message) {
    JsonObject body = new JsonObject();
    body.addProperty("error", message);
    return new Answer(status, JsonText.of(body));
  }

  String line(String id) {
    return status + " " + id + " " + json;
  }
}
