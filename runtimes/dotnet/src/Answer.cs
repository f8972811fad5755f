using System.Text.Encodings.Web;
using System.Text.Json;

namespace Meringue.Launcher
{
    /// <summary>What a line is answered with: an HTTP status and the text of a JSON body.</summary>
    internal sealed class Answer
    {
        private static readonly JsonSerializerOptions Readable =
            new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        private readonly int status;
        private readonly string json;

        internal Answer(int status, string json)
        {
            this.status = status;
            // An action may put text of its own into a result. Between tokens, all white space is the same.
            this.json = json.Replace('\n', ' ');
        }

        internal static Answer Failed(int status, string message) =>
            new Answer(status, "{\"error\":" + JsonSerializer.Serialize(message, Readable) + "}");

        internal string Line(string id) => $"{status} {id} {json}";
    }
}
