using System.Text.Json;

namespace Meringue.Launcher
{
    /// <summary>Members of what the platform sends, none of which need to be there.</summary>
    internal static class Json
    {
        /// <summary>Null when it is no object or has no such member.</summary>
        internal static JsonElement? Member(this JsonElement value, string name)
        {
            if (value.ValueKind != JsonValueKind.Object) return null;
            return value.TryGetProperty(name, out JsonElement member) ? member : (JsonElement?)null;
        }

        /// <summary>A member that is a string, else null.</summary>
        internal static string Text(this JsonElement value, string name) =>
            value.Member(name) is JsonElement member && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

        /// <summary>Whether a member is true.</summary>
        internal static bool IsTrue(this JsonElement value, string name) =>
            value.Member(name) is JsonElement member && member.ValueKind == JsonValueKind.True;
    }
}
