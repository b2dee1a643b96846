namespace MlTransfer.Pipeline;

internal static class Program
{
    private static int Main(string[] args)
    {
        Console.WriteLine($"mltransfer {args.Length}");
        return 0;
    }
}
