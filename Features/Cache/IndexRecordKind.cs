namespace MlTransfer.Features.Cache;

/// <summary>What a record of the index says. The numbers are part of the file format.</summary>
internal enum IndexRecordKind : byte
{
    /// <summary>The manifest's bytes, so that a lost manifest can be restored.</summary>
    Manifest = 1,

    /// <summary>A row of the matrix: its number, the content it was computed from, its checksum.</summary>
    Row = 2,

    /// <summary>A path has a label and a row.</summary>
    Assigned = 3,

    /// <summary>A path is no longer part of the cache.</summary>
    Removed = 4,

    /// <summary>A row is not to be used any more.</summary>
    Dropped = 5,

    /// <summary>The matrix ends before this row; rows from here on are gone.</summary>
    Truncated = 6,

    /// <summary>All records before this one are valid, and the matrix rows they speak of are on the disk.</summary>
    Commit = 7,
}
