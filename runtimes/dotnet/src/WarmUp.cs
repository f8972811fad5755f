using System;
using System.IO;
using System.IO.Compression;
using System.Text.Json;

namespace Meringue.Launcher
{
    /// <summary>Loads and compiles, while there is no action, what every action will need.</summary>
    public sealed class WarmUp
    {
        /// <summary>What the sample's main names. It takes nothing that could be parsed, so it is found but not run.</summary>
        public object Main(object argument) => argument;

        internal static void Run()
        {
            string own = typeof(WarmUp).Assembly.Location;
            string main = $"{Path.GetFileNameWithoutExtension(own)}::{typeof(WarmUp).FullName}::{nameof(Main)}";
            string folder = Path.Combine(Path.GetTempPath(), $"warm-up-{Guid.NewGuid():N}");
            string text = $"{{\"main\":\"{main}\",\"binary\":true,\"env\":{{}},\"code\":\"{Zipped(own)}\"}}";
            string start = Environment.CurrentDirectory;
            try
            {
                using (JsonDocument init = JsonDocument.Parse(text)) new Action(folder, null).Init(init.RootElement).Line("init");
            }
            finally
            {
                Environment.CurrentDirectory = start;
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            }
        }

        private static string Zipped(string file)
        {
            var bytes = new MemoryStream();
            using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            {
                archive.CreateEntryFromFile(file, Path.GetFileName(file), CompressionLevel.Fastest);
            }
            return Convert.ToBase64String(bytes.ToArray());
        }
    }
}
