using System;

namespace Meringue.Launcher
{
    /// <summary>An upload that cannot be an action: its text is the answer.</summary>
    internal sealed class Refusal : Exception
    {
        internal Refusal(string message) : base(message)
        {
        }
    }
}
