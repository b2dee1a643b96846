using System.Globalization;
using System.Text;

namespace MlTransfer.Features.Graphs;

/// <summary>The tokens of protocol buffers' text form, one after the other. One character stands for one byte of the file.</summary>
internal sealed class TextTokens(string text, string source)
{
    /// <summary>Stands for the end of the text.</summary>
    public const char End = '\0';

    private const int ReferenceOffset = 100;

    /// <summary>TensorFlow's element types in the order of their numbers (types.proto).</summary>
    private static readonly string[] s_types =
    [
        "DT_INVALID", "DT_FLOAT", "DT_DOUBLE", "DT_INT32", "DT_UINT8", "DT_INT16", "DT_INT8", "DT_STRING", "DT_COMPLEX64", "DT_INT64", "DT_BOOL", "DT_QINT8", "DT_QUINT8",
        "DT_QINT32", "DT_BFLOAT16", "DT_QINT16", "DT_QUINT16", "DT_UINT16", "DT_COMPLEX128", "DT_HALF", "DT_RESOURCE", "DT_VARIANT", "DT_UINT32", "DT_UINT64",
    ];

    private int _at;

    /// <summary>Whether all of the text is taken.</summary>
    public bool IsAtEnd => _at >= text.Length;

    /// <summary>The next character that is no space, comment or separator; <see cref="End"/> at the end.</summary>
    public char Peek()
    {
        SkipSpace();
        return _at < text.Length ? text[_at] : End;
    }

    /// <summary>Passes over spaces, comments and the separators that may stand between fields.</summary>
    public void SkipSpace() => Skip(" \t\r\n,;");

    /// <summary>Takes a character if it is next.</summary>
    public bool TryTake(char wanted)
    {
        if (Peek() != wanted || _at >= text.Length)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Takes the beginning of a message; returns what ends it.</summary>
    public char Open() => TryTake('{') ? '}' : TryTake('<') ? '>' : throw Fault("'{' was expected");

    /// <summary>Takes a name.</summary>
    public bool TryWord(out string word)
    {
        SkipSpace();
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
        {
            _at++;
        }

        word = text[start.._at];
        return word.Length > 0;
    }

    /// <summary>Takes one or more string literals, which belong together.</summary>
    public byte[] Bytes()
    {
        if (Peek() is not ('"' or '\''))
        {
            throw Fault("a text in quotes was expected");
        }

        var bytes = new List<byte>();
        while (_at < text.Length && text[_at] is '"' or '\'')
        {
            var quote = text[_at++];
            while (true)
            {
                if (_at >= text.Length || text[_at] == '\n')
                {
                    throw Fault("a quote is not closed");
                }

                if (text[_at] == quote)
                {
                    _at++;
                    break;
                }

                if (text[_at] == '\\')
                {
                    _at++;
                    Escape(bytes);
                }
                else
                {
                    bytes.Add((byte)text[_at++]);
                }
            }

            // A separator ends the value: what follows it is the next one.
            Skip(" \t\r\n");
        }

        return [.. bytes];
    }

    /// <summary>Takes true or false.</summary>
    public bool Truth() => Scalar() switch
    {
        "true" or "True" or "t" or "1" => true,
        "false" or "False" or "f" or "0" => false,
        var other => throw Fault($"'{other}' is neither true nor false"),
    };

    /// <summary>Takes a floating-point number.</summary>
    public double Number()
    {
        var word = Scalar();
        var bare = word.Length > 1 && word[^1] is 'f' or 'F' && char.IsAsciiDigit(word[^2]) ? word[..^1] : word;
        return bare.TrimStart('-').ToLowerInvariant() switch
        {
            "inf" or "infinity" => bare[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            "nan" => double.NaN,
            _ => double.TryParse(bare, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw Fault($"'{word}' is no number"),
        };
    }

    /// <summary>Takes a whole number, or the name of an element type.</summary>
    public Int128 Whole(Int128 least, Int128 most)
    {
        var word = Scalar();
        var isReference = word.EndsWith("_REF", StringComparison.Ordinal);
        var type = Array.IndexOf(s_types, isReference ? word[..^4] : word);
        var value = type >= 0 ? type + (isReference ? ReferenceOffset : 0)
            : word.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && Int128.TryParse("0" + word[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex) ? hex
            : Int128.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var plain) ? plain
            : throw Fault($"'{word}' is no whole number");
        return value >= least && value <= most ? value : throw Fault($"{word} is out of range");
    }

    /// <summary>Passes over the value of a field that is not known.</summary>
    public void SkipValue()
    {
        var depth = 0;
        do
        {
            switch (Peek())
            {
                case End:
                    throw Fault("the text ends within a field");
                case '{' or '<' or '[':
                    depth++;
                    _at++;
                    break;
                case '}' or '>' or ']':
                    depth--;
                    _at++;
                    break;
                case '"' or '\'':
                    Bytes();
                    break;
                case ':':
                    _at++;
                    break;
                default:
                    Scalar();
                    break;
            }
        }
        while (depth > 0);
    }

    /// <summary>The error for what stands here.</summary>
    public GraphFormatException Fault(string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{source}, line {text.AsSpan(0, Math.Min(_at, text.Length)).Count('\n') + 1}: {what}; the text form of a graph (.pbtxt) is damaged"));

    private void Skip(string letters)
    {
        while (_at < text.Length)
        {
            if (text[_at] == '#')
            {
                var end = text.IndexOf('\n', _at);
                _at = end < 0 ? text.Length : end;
            }
            else if (letters.Contains(text[_at], StringComparison.Ordinal))
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }

    private string Scalar()
    {
        SkipSpace();
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '-' or '+' or '.'))
        {
            _at++;
        }

        return _at > start ? text[start.._at] : throw Fault("a value was expected");
    }

    private void Escape(List<byte> bytes)
    {
        var letter = _at < text.Length ? text[_at++] : throw Fault("a quote is not closed");
        switch (letter)
        {
            case >= '0' and <= '7':
                bytes.Add((byte)Digits(letter - '0', 2, 8));
                break;
            case 'x' or 'X':
                bytes.Add((byte)Digits(0, 2, 16));
                break;
            case 'u' or 'U':
                var rune = Digits(0, letter == 'u' ? 4 : 8, 16);
                bytes.AddRange(Encoding.UTF8.GetBytes(Rune.IsValid(rune) ? new Rune(rune).ToString() : throw Fault("an escape is no character")));
                break;
            default:
                var at = "abfnrtv\\'\"?".IndexOf(letter, StringComparison.Ordinal);
                bytes.Add(at >= 0 ? (byte)"\a\b\f\n\r\t\v\\'\"?"[at] : throw Fault($"'\\{letter}' is no escape"));
                break;
        }
    }

    private int Digits(int value, int most, int radix)
    {
        for (var i = 0; i < most && _at < text.Length && char.IsAsciiHexDigit(text[_at]) && Convert.ToInt32(text[_at].ToString(), 16) is var digit && digit < radix; i++)
        {
            value = unchecked((value * radix) + digit);
            _at++;
        }

        return value;
    }
}
