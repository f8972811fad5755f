/** .NET actions of the conformance tables, all of one assembly. */
export const DOTNET_SOURCES = `
using System;
using System.IO;
using System.Reflection;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
namespace Example
{
    public class Echo
    {
        public JObject Main(JObject args)
        {
            Console.WriteLine("hello stdout");
            Console.Error.WriteLine("hello stderr");
            return args;
        }
        public async Task<JObject> MainAsync(JObject args)
        {
            await Task.Delay(1);
            return Main(args);
        }
    }
    public class Other
    {
        public JObject Naim(JObject args) => args;
        public JArray Naim(JArray args) => args;
        public static JObject Static(JObject args) => args;
        public ValueTask<JObject> Value(JObject args) => new ValueTask<JObject>(args);
        public JToken Text(JObject args) => new JValue("text");
        public JObject Nothing(JObject args) => null;
        public JArray Array(JObject args) => new JArray("a", "b");
        public JObject Failed(JObject args) => new JObject { ["error"] = "sorry" };
        public JObject Number(JObject args) => new JObject { ["it"] = new JRaw("[\\n1\\n]") };
        public string Plain(string args) => args;
    }
    public class Unicode
    {
        public JObject Main(JObject args)
        {
            string winter = "❄ " + args["delimiter"] + " ❄";
            Console.WriteLine(winter);
            return new JObject { ["winter"] = winter };
        }
    }
    public class Variables
    {
        // to .NET, an empty variable is one that is not set
        private static readonly string Some = Environment.GetEnvironmentVariable("SOME_VAR") ?? "";
        private static readonly string Another = Environment.GetEnvironmentVariable("ANOTHER_VAR") ?? "";
        public JObject Main(JObject args) => new JObject { ["SOME_VAR"] = Some, ["ANOTHER_VAR"] = Another };
    }
    public class Context
    {
        public JObject Main(JObject args)
        {
            var result = new JObject();
            foreach (string key in new[] { "api_host", "api_key", "namespace", "action_name", "action_version", "activation_id", "deadline" })
            {
                result[key] = Environment.GetEnvironmentVariable("__OW_" + key.ToUpperInvariant());
            }
            return result;
        }
    }
    public class Failure
    {
        public JObject Main(JObject args) => throw new Exception("noooooooo");
        public async Task<JObject> MainAsync(JObject args)
        {
            await Task.Delay(1);
            throw new Exception("noooooooo");
        }
        public JObject Exits(JObject args)
        {
            Environment.Exit(1);
            return args;
        }
    }
    public class NeedsMore
    {
        public NeedsMore(string more) { }
        public JObject Main(JObject args) => args;
    }
    public class Broken
    {
        public Broken() { throw new InvalidOperationException("not today"); }
        public JObject Main(JObject args) => args;
    }
    public class Facts
    {
        public JObject Framework(JObject args) => new JObject
        {
            ["error"] = Assembly.GetEntryAssembly()?.GetCustomAttribute<TargetFrameworkAttribute>()?.FrameworkName,
        };
        public JObject Files(JObject args) => new JObject { ["note"] = File.ReadAllText("notes/a.txt") };
        public JObject Prints(JObject args)
        {
            Console.Write("out");
            Console.Error.Write("err");
            return args;
        }
        public JObject Reads(JObject args)
        {
            using (var child = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", "-c \\"cat; for n in 3 4; do [ ! -e /proc/self/fd/$n ] || echo $n; done; echo $__OW_DEADLINE $MERINGUE_ACTION_DIR\\"") { RedirectStandardOutput = true }))
            {
                args["it"] = child.StandardOutput.ReadToEnd();
            }
            args["own"] = Console.Read();
            return args;
        }
    }
}`;
