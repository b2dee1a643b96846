using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Datasets.Pickles;

/// <summary>A NumPy element type as a pickle builds it: the code first, the byte order by BUILD.</summary>
/// <param name="code">As written, for example "f4"; the byte order stands in the state.</param>
internal sealed class PickledDType(string code)
{
    private string _order = "";

    /// <summary>Takes the state (version, order, subtype, names, fields, item bytes, alignment, flags[, metadata]).</summary>
    /// <exception cref="InvalidDataException">The state is none, or that of a structured type.</exception>
    public void Build(object state)
    {
        if (state is not object[] { Length: >= 8 and <= 9 } items || items[0] is not (3L or 4L) || PickledKind.AsName(items[1]) is not ("<" or ">" or "|" or "=") || items[5] is not long)
        {
            throw new InvalidDataException("the state of a NumPy type is none that NumPy writes.");
        }

        if (items[2] is not PickledNone || items[3] is not PickledNone || items[4] is not PickledNone)
        {
            throw new InvalidDataException("an array has elements of several fields; arrays of plain numbers are read.");
        }

        _order = PickledKind.AsName(items[1])!;
    }

    /// <summary>The type, checked.</summary>
    /// <exception cref="InvalidDataException">Not a type that is supported; object arrays are never.</exception>
    public NpyElementType Resolve() => NpyElementType.Parse(_order.Length == 0 ? code : _order + code.TrimStart('<', '>', '=', '|'));
}
