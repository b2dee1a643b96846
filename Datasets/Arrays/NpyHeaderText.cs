using System.Globalization;

namespace MlTransfer.Datasets.Arrays;

/// <summary>Reads the text of a .npy header: a Python dictionary of 'descr', 'fortran_order' and 'shape', and nothing else.</summary>
/// <remarks>
/// Of Python's literals only those that NumPy writes are known: strings in either kind of quotes, True and False, tuples of whole numbers (with Python 2's
/// trailing L). One pass, no recursion, nothing is evaluated.
/// </remarks>
internal ref struct NpyHeaderText
{
    private const int MaxDimensions = 64;

    private readonly ReadOnlySpan<char> _text;
    private int _position;

    private NpyHeaderText(ReadOnlySpan<char> text)
    {
        _text = text;
        _position = 0;
    }

    /// <summary>Reads the three entries.</summary>
    /// <exception cref="InvalidDataException">The text is no such dictionary.</exception>
    public static (string Descr, bool FortranOrder, int[] Shape) Parse(string text)
    {
        var reader = new NpyHeaderText(text);
        string? descr = null;
        bool? order = null;
        int[]? shape = null;
        reader.Expect('{');
        while (!reader.Take('}'))
        {
            var key = reader.String();
            reader.Expect(':');
            var repeated = key switch
            {
                "descr" => descr is not null,
                "fortran_order" => order is not null,
                "shape" => shape is not null,
                _ => throw new InvalidDataException($"the .npy header has an entry '{Shorten(key)}'; it must have 'descr', 'fortran_order' and 'shape' only."),
            };
            if (repeated)
            {
                throw new InvalidDataException($"the .npy header names '{key}' twice.");
            }

            switch (key)
            {
                case "descr": descr = reader.Descr(); break;
                case "fortran_order": order = reader.Boolean(); break;
                default: shape = reader.Shape(); break;
            }

            if (!reader.Take(','))
            {
                reader.Expect('}');
                break;
            }
        }

        reader.SkipSpace();
        if (reader._position < text.Length)
        {
            throw reader.Fault("the end");
        }

        return descr is not null && order is not null && shape is not null
            ? (descr, order.Value, shape)
            : throw new InvalidDataException($"the .npy header lacks '{(descr is null ? "descr" : order is null ? "fortran_order" : "shape")}': {Shorten(text)}");
    }

    /// <summary>The beginning of a text, for a message.</summary>
    public static string Shorten(string text) => text.Length <= 120 ? text : text[..120] + "…";

    private string Descr()
    {
        SkipSpace();
        return _position < _text.Length && _text[_position] == '['
            ? throw new InvalidDataException("the array's elements are structures of several fields, which are not supported; save one field as an array of its own.")
            : String();
    }

    private bool Boolean()
    {
        SkipSpace();
        foreach (var (word, value) in new[] { ("True", true), ("False", false) })
        {
            if (_text[_position..].StartsWith(word))
            {
                _position += word.Length;
                return value;
            }
        }

        throw Fault("True or False for 'fortran_order'");
    }

    private int[] Shape()
    {
        var shape = new List<int>();
        Expect('(');
        while (!Take(')'))
        {
            SkipSpace();
            var start = _position;
            while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
            {
                _position++;
            }

            if (!int.TryParse(_text[start.._position], NumberStyles.None, CultureInfo.InvariantCulture, out var extent))
            {
                _position = start;
                throw Fault($"a dimension of 0 to {int.MaxValue}");
            }

            shape.Add(extent);
            if (shape.Count > MaxDimensions)
            {
                throw new InvalidDataException($"the array has more than {MaxDimensions} dimensions.");
            }

            Take('L');
            if (!Take(','))
            {
                // "(3)" is a number in Python, not a tuple.
                if (shape.Count == 1)
                {
                    throw Fault("',' after the only dimension");
                }

                Expect(')');
                break;
            }
        }

        return [.. shape];
    }

    private string String()
    {
        SkipSpace();
        var quote = _position < _text.Length ? _text[_position] : '\0';
        if (quote is not ('\'' or '"'))
        {
            throw Fault("a string in quotes");
        }

        var rest = _text[(_position + 1)..];
        var end = rest.IndexOf(quote);
        if (end < 0 || rest[..end].Contains('\\'))
        {
            throw Fault("a string that ends and has no backslash");
        }

        _position += end + 2;
        return rest[..end].ToString();
    }

    private void Expect(char wanted)
    {
        if (!Take(wanted))
        {
            throw Fault($"'{wanted}'");
        }
    }

    private bool Take(char wanted)
    {
        SkipSpace();
        if (_position < _text.Length && _text[_position] == wanted)
        {
            _position++;
            return true;
        }

        return false;
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && _text[_position] is (' ' or '\n' or '\t' or '\r'))
        {
            _position++;
        }
    }

    private readonly InvalidDataException Fault(string expected)
    {
        var found = _position < _text.Length ? Shorten(_text[_position..].ToString()) : "the end";
        return new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"the .npy header is malformed at character {_position}: {expected} was expected, {found} was found."));
    }
}
