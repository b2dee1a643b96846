namespace MlTransfer.Pipeline.Terminal;

/// <summary>The command line asks for what can not be: the message says what to write instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
