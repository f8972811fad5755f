using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;

namespace Meringue.Launcher
{
    /// <summary>
    /// Loads the assemblies of one package. What .NET itself has comes from there, unless a package brings a newer one. A new
    /// upload gets a new one of these, since an assembly cannot be forgotten.
    /// </summary>
    internal sealed class PackageContext : AssemblyLoadContext
    {
        /// <summary>Paths by name. The core library may be told twice.</summary>
        private static readonly ILookup<string, string> Platform =
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES"))
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .ToLookup(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase);

        private readonly string folder;
        private readonly AssemblyDependencyResolver resolver;

        /// <param name="assembly">path of the one that is called</param>
        internal PackageContext(string assembly)
        {
            folder = Path.GetDirectoryName(assembly);
            resolver = new AssemblyDependencyResolver(assembly);
        }

        protected override Assembly Load(AssemblyName wanted)
        {
            if (IsInPlatform(wanted)) return null;
            string path = resolver.ResolveAssemblyToPath(wanted) ?? Path.Combine(folder, wanted.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }

        protected override IntPtr LoadUnmanagedDll(string name)
        {
            string path = resolver.ResolveUnmanagedDllToPath(name);
            return path == null ? IntPtr.Zero : LoadUnmanagedDllFromPath(path);
        }

        private static bool IsInPlatform(AssemblyName wanted)
        {
            string path = Platform[wanted.Name].FirstOrDefault();
            if (path == null) return false;
            return wanted.Version == null || wanted.Version <= AssemblyName.GetAssemblyName(path).Version;
        }
    }
}
