using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace Meringue.Launcher
{
    /// <summary>The method that main names, <c>Assembly::Type::Method</c>, in a package. Texts are those of upstream's.</summary>
    internal sealed class EntryPoint
    {
        private const int Parts = 3;

        private readonly Type type;
        private readonly MethodInfo[] methods;

        private EntryPoint(Type type, MethodInfo[] methods)
        {
            this.type = type;
            this.methods = methods;
        }

        /// <exception cref="Refusal">when it has not three parts</exception>
        internal static string[] Split(string main)
        {
            string[] parts = main.Split("::");
            if (parts.Length != Parts) throw new Refusal("main required format is \"Assembly::Type::Function\".");
            return parts;
        }

        /// <exception cref="Refusal">when one of the parts is not there</exception>
        internal static EntryPoint Find(string[] main, string folder)
        {
            string path = Path.Combine(folder, main[0] + ".dll");
            if (!File.Exists(path)) throw new Refusal($"Unable to locate requested assembly (\"{main[0]}.dll\").");
            Assembly assembly = new PackageContext(path).LoadFromAssemblyPath(path);
            Type type = assembly.GetType(main[1]);
            if (type == null) throw new Refusal($"Unable to locate requested type (\"{main[1]}\").");
            MethodInfo[] methods = type.GetMethods().Where(each => each.Name == main[2]).ToArray();
            if (methods.Length == 0) throw new Refusal($"Unable to locate requested method (\"{main[2]}\").");
            if (type.GetConstructor(Type.EmptyTypes) == null && !methods.All(each => each.IsStatic))
            {
                throw new Refusal($"Unable to locate appropriate constructor for (\"{main[1]}\").");
            }
            return new EntryPoint(type, methods);
        }

        /// <summary>Calls it, on an object of its own. Throws what it throws.</summary>
        /// <param name="json">the argument</param>
        /// <returns>null when the result is neither object nor array</returns>
        /// <exception cref="NullReferenceException">when there is no result</exception>
        internal string Call(string json)
        {
            Newtonsoft library = methods.Select(Newtonsoft.Of).FirstOrDefault(found => found != null)
                ?? throw new MissingMethodException($"{type}.{methods[0].Name} takes no JObject or JArray");
            object argument = library.Parsed(json);
            MethodInfo method = methods.FirstOrDefault(each => Takes(each, argument)) ?? methods[0];
            object target = method.IsStatic ? null : Activator.CreateInstance(type, BindingFlags.DoNotWrapExceptions, null, null, null);
            object result = method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, new[] { argument }, null);
            object awaited = Awaited(result) ?? throw new NullReferenceException("The action returned null");
            return library.Text(awaited);
        }

        private static bool Takes(MethodInfo method, object argument)
        {
            ParameterInfo[] parameters = method.GetParameters();
            return parameters.Length == 1 && parameters[0].ParameterType.IsInstanceOfType(argument);
        }

        private static object Awaited(object result)
        {
            if (result != null && result.GetType().FullName.StartsWith("System.Threading.Tasks.ValueTask`1"))
            {
                result = result.GetType().GetMethod("AsTask").Invoke(result, null);
            }
            if (!(result is Task task)) return result;
            task.GetAwaiter().GetResult();
            return task.GetType().GetProperty("Result")?.GetValue(task);
        }
    }
}
