package meringue.launcher;

import com.google.gson.JsonObject;

/** What a line is answered with: an HTTP status and the text of a JSON body. */
record Answer(int status, String json) {
  static Answer failed(int status, String message) {
    JsonObject body = new JsonObject();
    body.addProperty("error", message);
    return new Answer(status, JsonText.of(body));
  }

  String line(String id) {
    return status + " " + id + " " + json;
  }
}
