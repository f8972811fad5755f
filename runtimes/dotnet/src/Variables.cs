using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace Meringue.Launcher
{
    /// <summary>The environment, as actions see it and as programs that they start get it.</summary>
    internal static class Variables
    {
        /// <summary>Null when it is not set. It is no longer set afterwards.</summary>
        internal static string Take(string name)
        {
            string value = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, null);
            return value;
        }

        internal static IReadOnlyDictionary<string, string> All() =>
            Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(each => (string)each.Key, each => (string)each.Value);

        /// <summary>Makes it what it was.</summary>
        internal static void Restore(IReadOnlyDictionary<string, string> before)
        {
            foreach (string name in All().Keys.Except(before.Keys)) Environment.SetEnvironmentVariable(name, null);
            foreach (KeyValuePair<string, string> each in before) Environment.SetEnvironmentVariable(each.Key, each.Value);
        }

        /// <summary>Sets the parameters of an init. To .NET before 9, a variable that is empty is one that is not set.</summary>
        internal static void SetAll(JsonElement? wanted)
        {
            if (!(wanted is JsonElement all) || all.ValueKind != JsonValueKind.Object) return;
            foreach (JsonProperty each in all.EnumerateObject()) Set(each.Name, each.Value);
        }

        /// <summary>Sets the context of an activation: every member of a run's body but its value.</summary>
        internal static void SetContext(JsonElement message)
        {
            if (message.ValueKind != JsonValueKind.Object) return;
            foreach (JsonProperty each in message.EnumerateObject())
            {
                if (each.Name != "value") Set("__OW_" + each.Name.ToUpperInvariant(), each.Value);
            }
        }

        private static void Set(string name, JsonElement value)
        {
            if (value.ValueKind == JsonValueKind.Null) Environment.SetEnvironmentVariable(name, null);
            else if (value.ValueKind == JsonValueKind.String) Environment.SetEnvironmentVariable(name, value.GetString());
            else Environment.SetEnvironmentVariable(name, value.GetRawText());
        }
    }
}
