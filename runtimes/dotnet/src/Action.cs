using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace Meringue.Launcher
{
    /// <summary>One action: initialised once, then run, one run at a time. Texts are those of upstream's.</summary>
    internal sealed class Action
    {
        private const string NoCode = "Missing main/no code to execute.";
        private const string Twice = "Cannot initialize the action more than once.";
        private const string NotInitialized = "Cannot invoke an uninitialized action.";
        private const string NoDictionary = "The action did not return a dictionary or array.";
        private const int Ok = 200;
        private const int Refused = 403;
        private const int Failure = 502;

        private readonly string folder;
        private readonly Logs logs;
        private int uploads;
        private EntryPoint entry;

        /// <param name="folder">where what was uploaded is put, absolute; made if absent</param>
        internal Action(string folder, Logs logs)
        {
            this.folder = folder;
            this.logs = logs;
        }

        internal Answer Init(JsonElement value)
        {
            if (entry != null)
            {
                Console.Error.WriteLine(Twice);
                return Answer.Failed(Refused, Twice);
            }
            string main = value.Text("main");
            JsonElement? code = value.Member("code");
            bool absent = code?.ValueKind != JsonValueKind.String || code.Value.ValueEquals("");
            if (string.IsNullOrEmpty(main) || absent) return Answer.Failed(Refused, NoCode);
            return Load(main, code.Value, value);
        }

        internal Answer Run(JsonElement message)
        {
            if (entry == null) return Answer.Failed(Failure, NotInitialized);
            Answer answer;
            try
            {
                Variables.SetContext(message);
                string result = entry.Call(Argument(message.Member("value")));
                answer = result == null ? Answer.Failed(Failure, NoDictionary) : new Answer(Ok, result);
            }
            catch (Exception error)
            {
                Console.Error.WriteLine(error);
                answer = Answer.Failed(Failure, error.Message);
            }
            logs.End();
            return answer;
        }

        private Answer Load(string main, JsonElement code, JsonElement value)
        {
            IReadOnlyDictionary<string, string> before = Variables.All();
            string start = Environment.CurrentDirectory;
            // An assembly that was loaded from a path is what that path stands for ever after.
            string place = Path.Combine(folder, $"{++uploads}");
            try
            {
                if (!value.IsTrue("binary")) throw new Refusal("code must be binary (zip file).");
                string[] parts = EntryPoint.Split(main);
                Directory.CreateDirectory(place);
                Package.Unpack(code, place);
                Environment.CurrentDirectory = place;
                Variables.SetAll(value.Member("env"));
                entry = EntryPoint.Find(parts, place);
                return new Answer(Ok, "{\"ok\":true}");
            }
            catch (Exception error)
            {
                Variables.Restore(before);
                Environment.CurrentDirectory = start;
                if (Directory.Exists(place)) Directory.Delete(place, recursive: true);
                if (!(error is Refusal)) Console.Error.WriteLine(error);
                logs.End();
                return Answer.Failed(Failure, error.Message);
            }
        }

        /// <summary>What is none stands for an empty object.</summary>
        private static string Argument(JsonElement? value)
        {
            if (!(value is JsonElement given) || given.ValueKind == JsonValueKind.Null) return "{}";
            return given.GetRawText();
        }
    }
}
