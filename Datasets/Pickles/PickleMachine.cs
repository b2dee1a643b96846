using System.Numerics;

namespace MlTransfer.Datasets.Pickles;

/// <summary>
/// Runs the instructions of one pickle, protocols 0 to 5, and gives the value they build, made of the kinds in <see cref="PickledKind"/> only.
/// </summary>
/// <remarks>
/// Source: the documentation of each opcode in CPython's pickletools module. A loop over instructions, without recursion; the time is proportional
/// to the file and the memory bounded by <see cref="MaxInstructions"/>. Persistent ids, extension codes, classes and instances are refused.
/// </remarks>
internal sealed class PickleMachine
{
    /// <summary>Most instructions that are run; each can make one small object. Elements of arrays are no instructions.</summary>
    public const int MaxInstructions = 1 << 24;

    /// <summary>Most values that the memo may hold.</summary>
    public const int MaxMemo = 1 << 22;

    /// <summary>Longest LONG, in bytes.</summary>
    private const uint MaxLongBytes = 1024;

    private const int HighestProtocol = 5;

    private readonly PickleSource _source;
    private readonly PickleCalls _calls;
    private readonly List<object> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<long, object> _memo = [];

    private PickleMachine(ReadOnlyMemory<byte> file)
    {
        _source = new PickleSource(file);
        _calls = new PickleCalls(file.Length);
    }

    /// <summary>Runs a pickle to its STOP; bytes after it are left alone, as CPython does.</summary>
    /// <exception cref="InvalidDataException">Not a pickle, damaged, or it asks for something that is not allowed; the message says at which byte.</exception>
    public static object Load(ReadOnlyMemory<byte> file)
    {
        if (file.Length == 0)
        {
            throw new InvalidDataException("the file is empty; a pickle was expected.");
        }

        var machine = new PickleMachine(file);
        var at = 0;
        try
        {
            for (var count = 0; count < MaxInstructions; count++)
            {
                at = machine._source.Position;
                var opcode = (PickleOpcode)machine._source.Byte();
                if (opcode == PickleOpcode.Stop)
                {
                    return machine.Pop();
                }

                machine.Run(opcode);
            }

            throw new InvalidDataException($"it has more than {MaxInstructions} instructions. Save the features as NumPy arrays, not as lists.");
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"the pickle is refused at byte {at}: {fault.Message}", fault);
        }
    }

    private void Run(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                var protocol = _source.Byte();
                if (protocol > HighestProtocol)
                {
                    throw new InvalidDataException($"protocol {protocol} is not known; 0 to {HighestProtocol} are.");
                }

                break;
            case PickleOpcode.Frame:
                _source.Require(_source.UInt64());
                break;
            case PickleOpcode.Mark:
                _marks.Push(_stack.Count);
                break;
            case PickleOpcode.Pop when _marks.TryPeek(out var mark) && mark == _stack.Count:
                _marks.Pop();
                break;
            case PickleOpcode.Pop:
                Pop();
                break;
            case PickleOpcode.PopMark:
                PopToMark();
                break;
            case PickleOpcode.Dup:
                Push(Peek());
                break;
            case PickleOpcode.ReadOnlyBuffer:
                Peek();
                break;
            case PickleOpcode.Put or PickleOpcode.BinPut or PickleOpcode.LongBinPut or PickleOpcode.Memoize:
                Remember(opcode);
                break;
            case PickleOpcode.Get:
                Push(Recall(PickleText.Index(_source.Line())));
                break;
            case PickleOpcode.BinGet:
                Push(Recall(_source.Byte()));
                break;
            case PickleOpcode.LongBinGet:
                Push(Recall(_source.UInt32()));
                break;
            default:
                if (Literal(opcode) is { } literal)
                {
                    Push(literal);
                }
                else
                {
                    Compose(opcode);
                }

                break;
        }
    }

    /// <summary>The value of an instruction that carries it, or null for another instruction.</summary>
    private object? Literal(PickleOpcode opcode) => opcode switch
    {
        PickleOpcode.None => PickledNone.Value,
        PickleOpcode.NewTrue => true,
        PickleOpcode.NewFalse => false,
        PickleOpcode.Int => PickleText.Int(_source.Line()),
        PickleOpcode.BinInt => (long)_source.Int32(),
        PickleOpcode.BinInt1 => (long)_source.Byte(),
        PickleOpcode.BinInt2 => (long)_source.UInt16(),
        PickleOpcode.Long => PickleText.Long(_source.Line()),
        PickleOpcode.Float => PickleText.Float(_source.Line()),
        PickleOpcode.BinFloat => _source.Float64(),
        PickleOpcode.String => (ReadOnlyMemory<byte>)PickleText.Quoted(_source.Line()),
        PickleOpcode.BinString => _source.Bytes(_source.Int32() is >= 0 and var length ? (ulong)length : throw new InvalidDataException("a string has a negative length.")),
        PickleOpcode.ShortBinString or PickleOpcode.ShortBinBytes => _source.Bytes(_source.Byte()),
        PickleOpcode.BinBytes => _source.Bytes(_source.UInt32()),
        PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8 => _source.Bytes(_source.UInt64()),
        PickleOpcode.Unicode => PickleText.RawUnicode(_source.Line()),
        PickleOpcode.ShortBinUnicode => _source.Text(_source.Byte()),
        PickleOpcode.BinUnicode => _source.Text(_source.UInt32()),
        PickleOpcode.BinUnicode8 => _source.Text(_source.UInt64()),
        PickleOpcode.EmptyList => new List<object>(),
        PickleOpcode.EmptyDict => new PickledDictionary(),
        PickleOpcode.EmptyTuple => Array.Empty<object>(),
        PickleOpcode.EmptySet => PickledSet.Value,
        PickleOpcode.Global => PickleAllowList.Find(PickleText.Plain(_source.Line()), PickleText.Plain(_source.Line())),
        _ => null,
    };

    /// <summary>Instructions that make a value of those on the stack, or change one; and the two forms of LONG.</summary>
    private void Compose(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Long1:
                PushInteger(_source.Byte());
                break;
            case PickleOpcode.Long4:
                PushInteger(_source.Int32());
                break;
            case PickleOpcode.Tuple1:
                Push(new[] { Pop() });
                break;
            case PickleOpcode.Tuple2:
                PushTuple(2);
                break;
            case PickleOpcode.Tuple3:
                PushTuple(3);
                break;
            case PickleOpcode.Tuple:
                Push(PopToMark());
                break;
            case PickleOpcode.List:
                Push(new List<object>(PopToMark()));
                break;
            case PickleOpcode.Dict:
                var items = PopToMark();
                var created = new PickledDictionary();
                SetItems(created, items);
                Push(created);
                break;
            case PickleOpcode.FrozenSet:
                PopToMark();
                Push(PickledSet.Value);
                break;
            case PickleOpcode.Append:
                var item = Pop();
                Target<List<object>>("APPEND").Add(item);
                break;
            case PickleOpcode.Appends:
                var added = PopToMark();
                Target<List<object>>("APPENDS").AddRange(added);
                break;
            case PickleOpcode.AddItems:
                PopToMark();
                Target<PickledSet>("ADDITEMS");
                break;
            case PickleOpcode.SetItem:
                var value = Pop();
                var key = Pop();
                Target<PickledDictionary>("SETITEM").Set(key, value);
                break;
            case PickleOpcode.SetItems:
                var pairs = PopToMark();
                SetItems(Target<PickledDictionary>("SETITEMS"), pairs);
                break;
            case PickleOpcode.StackGlobal:
                var name = Pop();
                Push(Pop() is string module && name is string text ? PickleAllowList.Find(module, text) : throw new InvalidDataException("a name is made of something else than two texts."));
                break;
            case PickleOpcode.Reduce:
                var arguments = Pop();
                Push(_calls.Reduce(Pop(), arguments));
                break;
            case PickleOpcode.Build:
                Build();
                break;
            default:
                throw Refused(opcode);
        }
    }

    private void Build()
    {
        var state = Pop();
        switch (Peek())
        {
            case PickledArray array:
                array.Build(state);
                break;
            case PickledDType type:
                type.Build(state);
                break;
            case var other:
                throw new InvalidDataException($"a state is set for {PickledKind.Of(other)}; only arrays and their types have one.");
        }
    }

    private InvalidDataException Refused(PickleOpcode opcode) => new(opcode switch
    {
        PickleOpcode.Inst => $"it makes an instance of {Printable(_source.Line())}.{Printable(_source.Line())}; arrays need no instances, and nothing of it was executed.",
        PickleOpcode.Obj or PickleOpcode.NewObject or PickleOpcode.NewObjectEx => "it makes an instance of a class; arrays need no instances, and nothing of it was executed.",
        PickleOpcode.PersistentId or PickleOpcode.BinaryPersistentId => "it refers to something outside the file (a persistent id), which arrays never do.",
        PickleOpcode.Extension1 or PickleOpcode.Extension2 or PickleOpcode.Extension4 => "it names a class by an extension code, which arrays never do.",
        PickleOpcode.NextBuffer => "its arrays are in buffers outside the file; write it without a buffer_callback.",
        _ => $"0x{(byte)opcode:x2} is no instruction of a pickle, protocols 0 to {HighestProtocol}.",
    });

    private void Remember(PickleOpcode opcode)
    {
        var index = opcode switch
        {
            PickleOpcode.Put => PickleText.Index(_source.Line()),
            PickleOpcode.BinPut => _source.Byte(),
            PickleOpcode.LongBinPut => _source.UInt32(),
            _ => _memo.Count,
        };
        if (index < 0 || index > _source.Length || _memo.Count >= MaxMemo)
        {
            throw new InvalidDataException($"a value is to be kept under {index}; a memo has at most {MaxMemo} values, numbered below the length of the file, {_source.Length} bytes.");
        }

        _memo[index] = Peek();
    }

    private object Recall(long index) => _memo.TryGetValue(index, out var value)
        ? value
        : throw new InvalidDataException($"it asks for value {index} of the memo, which was never kept.");

    /// <summary>Pushes a two's complement number, little-endian.</summary>
    private void PushInteger(int count)
    {
        if (count is < 0 or > (int)MaxLongBytes)
        {
            throw new InvalidDataException($"a whole number has {count} bytes; 0 to {MaxLongBytes} are read.");
        }

        var value = new BigInteger(_source.Bytes((ulong)count).Span);
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            Push((long)value);
        }
        else
        {
            Push(value);
        }
    }

    private static void SetItems(PickledDictionary dictionary, object[] pairs)
    {
        if (pairs.Length % 2 != 0)
        {
            throw new InvalidDataException("a dictionary is given a key without a value.");
        }

        for (var i = 0; i < pairs.Length; i += 2)
        {
            dictionary.Set(pairs[i], pairs[i + 1]);
        }
    }

    private static string Printable(ReadOnlySpan<byte> line) =>
        new([.. PickleText.Plain(line[..Math.Min(line.Length, 60)]).Select(letter => char.IsControl(letter) ? '?' : letter)]);

    private void Push(object value) => _stack.Add(value);

    private void PushTuple(int count)
    {
        var items = new object[count];
        for (var i = count - 1; i >= 0; i--)
        {
            items[i] = Pop();
        }

        Push(items);
    }

    private object Peek() => _stack.Count > (_marks.TryPeek(out var mark) ? mark : 0)
        ? _stack[^1]
        : throw new InvalidDataException("it takes a value from an empty stack.");

    private object Pop()
    {
        var value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object[] PopToMark()
    {
        if (!_marks.TryPop(out var mark))
        {
            throw new InvalidDataException("it goes back to a mark that was never set.");
        }

        var items = new object[_stack.Count - mark];
        _stack.CopyTo(mark, items, 0, items.Length);
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    private T Target<T>(string instruction)
        where T : class => Peek() as T ?? throw new InvalidDataException($"{instruction} is used on {PickledKind.Of(Peek())}.");
}
