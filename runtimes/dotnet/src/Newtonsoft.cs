using System;
using System.Linq;
using System.Reflection;

namespace Meringue.Launcher
{
    /// <summary>
    /// The Newtonsoft.Json that an action brings, of whatever version: the launcher has none, for two of them would not know
    /// each other's types.
    /// </summary>
    internal sealed class Newtonsoft
    {
        private readonly MethodInfo parse;
        private readonly MethodInfo write;
        private readonly Type container;
        private readonly object[] compactly;

        private Newtonsoft(Type token)
        {
            Assembly library = token.Assembly;
            Type formatting = library.GetType("Newtonsoft.Json.Formatting", throwOnError: true);
            Type converter = library.GetType("Newtonsoft.Json.JsonConverter", throwOnError: true);
            container = library.GetType("Newtonsoft.Json.Linq.JContainer", throwOnError: true);
            parse = token.GetMethod("Parse", new[] { typeof(string) });
            write = token.GetMethod("ToString", new[] { formatting, converter.MakeArrayType() });
            compactly = new object[] { Enum.ToObject(formatting, 0), Array.CreateInstance(converter, 0) };
        }

        /// <summary>The one whose types a method takes. Null when it takes none of any.</summary>
        internal static Newtonsoft Of(MethodInfo method)
        {
            Type[] taken = method.GetParameters().Select(each => each.ParameterType).ToArray();
            if (taken.Length != 1) return null;
            Type token = taken[0].Assembly.GetType("Newtonsoft.Json.Linq.JToken");
            return token != null && token.IsAssignableFrom(taken[0]) ? new Newtonsoft(token) : null;
        }

        internal object Parsed(string json) => Called(parse, null, json);

        /// <summary>Null when it is neither object nor array.</summary>
        internal string Text(object result) =>
            container.IsInstanceOfType(result) ? (string)Called(write, result, compactly) : null;

        private static object Called(MethodInfo method, object target, params object[] arguments) =>
            method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }
}
