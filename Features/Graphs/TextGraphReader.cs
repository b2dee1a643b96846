using System.Collections;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using MlTransfer.Features.Graphs.TensorFlow;

namespace MlTransfer.Features.Graphs;

/// <summary>Reads graphs in protocol buffers' text form (.pbtxt), as tf.io.write_graph writes them with as_text.</summary>
/// <remarks>
/// Source: protocol buffers' text format specification. Fields that are not known are passed over, as in binary files. Nesting is bounded, memory by the size of
/// the text. Stateless, hence thread-safe.
/// </remarks>
internal static class TextGraphReader
{
    private const int MaxDepth = 100;
    private static readonly string[] s_beginnings = ["node", "versions", "library"];

    /// <summary>Whether a file begins like a graph in text form.</summary>
    public static bool IsTextGraph(ReadOnlySpan<byte> file)
    {
        var start = new TextTokens(Encoding.Latin1.GetString(file[..Math.Min(file.Length, 1 << 16)]), "");
        start.SkipSpace();
        return start.TryWord(out var word) && s_beginnings.Contains(word) && (start.Peek() is '{' or '<' or ':');
    }

    /// <summary>Reads a graph.</summary>
    /// <param name="file">The text; strings are UTF-8 or escaped bytes.</param>
    /// <param name="source">What to call it in messages.</param>
    /// <exception cref="GraphFormatException">Not legal; the message says in which line.</exception>
    public static GraphDef Parse(ReadOnlySpan<byte> file, string source)
    {
        var tokens = new TextTokens(Encoding.Latin1.GetString(file), source);
        var graph = new GraphDef();
        ReadFields(tokens, graph, TextTokens.End, 0);
        return tokens.IsAtEnd ? graph : throw tokens.Fault("a zero character stands here");
    }

    private static void ReadFields(TextTokens tokens, IMessage message, char end, int depth)
    {
        if (depth > MaxDepth)
        {
            throw tokens.Fault($"messages are nested deeper than {MaxDepth} levels");
        }

        while (tokens.Peek() != end)
        {
            if (!tokens.TryWord(out var name))
            {
                throw tokens.Fault("the name of a field was expected");
            }

            var isScalar = tokens.TryTake(':');
            if (message.Descriptor.FindFieldByName(name) is not { } field)
            {
                tokens.SkipValue();
            }
            else if (field.IsRepeated && !field.IsMap && tokens.TryTake('['))
            {
                while (!tokens.TryTake(']'))
                {
                    Add(tokens, message, field, depth);
                }
            }
            else
            {
                _ = isScalar || field.FieldType == FieldType.Message ? true : throw tokens.Fault($"':' was expected after {name}");
                Add(tokens, message, field, depth);
            }
        }

        if (end != TextTokens.End)
        {
            tokens.TryTake(end);
        }
    }

    private static void Add(TextTokens tokens, IMessage message, FieldDescriptor field, int depth)
    {
        if (field.IsMap)
        {
            AddEntry(tokens, (IDictionary)field.Accessor.GetValue(message), field.MessageType, depth);
        }
        else if (field.IsRepeated)
        {
            ((IList)field.Accessor.GetValue(message)).Add(Value(tokens, field, null, depth));
        }
        else
        {
            var known = field.FieldType == FieldType.Message ? field.Accessor.GetValue(message) as IMessage : null;
            field.Accessor.SetValue(message, Value(tokens, field, known, depth));
        }
    }

    private static void AddEntry(TextTokens tokens, IDictionary map, MessageDescriptor entry, int depth)
    {
        var end = tokens.Open();
        object? key = null, value = null;
        while (tokens.Peek() != end)
        {
            if (!tokens.TryWord(out var name) || name is not ("key" or "value"))
            {
                throw tokens.Fault("'key' or 'value' was expected");
            }

            tokens.TryTake(':');
            var read = Value(tokens, entry.FindFieldByName(name), null, depth + 1);
            (key, value) = name == "key" ? (read, value) : (key, read);
        }

        tokens.TryTake(end);
        map[key ?? throw tokens.Fault("an entry has no key")] = value ?? throw tokens.Fault("an entry has no value");
    }

    private static object Value(TextTokens tokens, FieldDescriptor field, IMessage? known, int depth)
    {
        switch (field.FieldType)
        {
            case FieldType.Message:
                var message = known ?? field.MessageType.Parser.ParseFrom(ByteString.Empty);
                ReadFields(tokens, message, tokens.Open(), depth + 1);
                return message;
            case FieldType.String:
                return Encoding.UTF8.GetString(tokens.Bytes());
            case FieldType.Bytes:
                return ByteString.CopyFrom(tokens.Bytes());
            case FieldType.Bool:
                return tokens.Truth();
            case FieldType.Float:
                return (float)tokens.Number();
            case FieldType.Double:
                return tokens.Number();
            case FieldType.Int32:
                return checked((int)tokens.Whole(int.MinValue, int.MaxValue));
            case FieldType.UInt32:
                return checked((uint)tokens.Whole(0, uint.MaxValue));
            case FieldType.Int64:
                return checked((long)tokens.Whole(long.MinValue, long.MaxValue));
            default:
                return checked((ulong)tokens.Whole(0, ulong.MaxValue));
        }
    }
}
