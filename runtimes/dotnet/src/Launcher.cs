using System;
using System.IO;
using System.Text;
using System.Text.Json;

namespace Meringue.Launcher
{
    /// <summary>Runs .NET actions: the launcher protocol, on descriptors 4 (lines in) and 3 (lines out).</summary>
    internal static class Launcher
    {
        private const int Input = 4;
        private const int Results = 3;
        private const int BadRequest = 400;

        /// <summary>Newtonsoft's own limit, which is lower, is to be the one that actions meet.</summary>
        private static readonly JsonDocumentOptions Deep = new JsonDocumentOptions { MaxDepth = 1000 };

        /// <summary>Answers lines until there are no more; then the process ends.</summary>
        private static void Main()
        {
            var lines = new LineInput(Descriptors.Open(Input, FileAccess.Read));
            Stream results = Descriptors.Open(Results, FileAccess.Write);
            bool sentinels = Variables.Take("MERINGUE_SENTINELS") != "off";
            string folder = Path.GetFullPath(Variables.Take("MERINGUE_ACTION_DIR") ?? "action");
            var logs = new Logs(sentinels);
            var action = new Action(folder, logs);
            WarmUp.Run();
            while (lines.Next() is ReadOnlyMemory<byte> line)
            {
                byte[] answer = Encoding.UTF8.GetBytes(AnswerTo(action, line) + "\n");
                results.Write(answer, 0, answer.Length);
            }
            // Threads that the action left behind must not keep the process, nor may what it does at exit.
            Descriptors.Exit(0);
        }

        private static string AnswerTo(Action action, ReadOnlyMemory<byte> line)
        {
            try
            {
                using (JsonDocument message = JsonDocument.Parse(line, Deep))
                {
                    if (message.RootElement.Member("init") is JsonElement init) return action.Init(init).Line("init");
                    return action.Run(message.RootElement).Line(message.RootElement.Text("activation_id") ?? "-");
                }
            }
            catch (JsonException error)
            {
                return Answer.Failed(BadRequest, error.Message).Line("-");
            }
        }
    }
}
