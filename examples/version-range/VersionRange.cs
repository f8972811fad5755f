using System.Linq;
using Newtonsoft.Json.Linq;
using NuGet.Versioning;

namespace Example
{
    /// <summary>Tells which versions a range such as <c>[2.0,3.0)</c> or <c>1.4.*</c> allows, and which of them is taken.</summary>
    public static class Versions
    {
        public static JObject Match(JObject args)
        {
            var range = NuGet.Versioning.VersionRange.Parse((string)args["range"]);
            NuGetVersion[] versions = args["versions"].Select(each => NuGetVersion.Parse((string)each)).ToArray();
            NuGetVersion[] allowed = versions.Where(range.Satisfies).OrderBy(each => each).ToArray();
            return new JObject
            {
                ["allowed"] = new JArray(allowed.Select(each => each.ToNormalizedString())),
                ["best"] = range.FindBestMatch(versions)?.ToNormalizedString(),
            };
        }
    }
}
