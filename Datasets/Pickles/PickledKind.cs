using System.Globalization;
using System.Numerics;
using System.Text;

namespace MlTransfer.Datasets.Pickles;

/// <summary>The kinds of values that the pickle machine handles, and their names for messages.</summary>
internal static class PickledKind
{
    private const int MaxName = 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The kind of a value in words.</summary>
    public static string Of(object? value) => value switch
    {
        null => "nothing",
        PickledNone => "None",
        bool => "a truth value",
        long or BigInteger => "a whole number",
        double => "a number",
        string => "a text",
        ReadOnlyMemory<byte> => "a byte string",
        object[] => "a tuple",
        List<object> => "a list",
        PickledDictionary => "a dictionary",
        PickledSet => "a set",
        PickledArray array => $"an array of shape ({string.Join(", ", array.Shape)})",
        PickledDType => "a NumPy type",
        PickledScalar => "a NumPy scalar",
        PickleGlobal => "a name",
        _ => "something else",
    };

    /// <summary>A whole number for a message; a very long one by its length.</summary>
    public static string Brief(object number) => number is BigInteger large && large.GetBitLength() > 128
        ? $"a number of {large.GetBitLength()} bits"
        : string.Create(CultureInfo.InvariantCulture, $"{number}");

    /// <summary>A text that is a name (a key, a type, an order), or null for anything else; a text longer than any name is none, so that it is not looked at again and again.</summary>
    public static string? AsName(object value) => value is string { Length: <= MaxName } or ReadOnlyMemory<byte> { Length: <= MaxName } ? AsText(value) : null;

    /// <summary>A text, or a byte string as Python 2 writes texts: UTF-8 where it is that, else Latin-1. Null for anything else.</summary>
    public static string? AsText(object value)
    {
        if (value is not ReadOnlyMemory<byte> bytes)
        {
            return value as string;
        }

        try
        {
            return StrictUtf8.GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes.Span);
        }
    }
}
