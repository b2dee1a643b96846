namespace MlTransfer.Trainers.Losses;

/// <summary>
/// How a pass over the rows is cut: chunks that threads take, each summed on its own and joined in order, and blocks within a chunk that stay in the
/// cache. It depends on the shapes alone, never on the number of threads, so neither do the sums.
/// </summary>
/// <param name="Rows">Rows in all.</param>
/// <param name="BlockRows">Rows a block, even.</param>
/// <param name="ChunkRows">Rows a chunk, a multiple of <paramref name="BlockRows"/>.</param>
internal readonly record struct RowPartition(int Rows, int BlockRows, int ChunkRows)
{
    private const int FewestChunks = 16;
    private const int MostChunks = 64;
    private const int ComfortableChunkRows = 512;
    private const long MostPartialSumBytes = 1L << 28;

    public int Chunks => (int)((Rows + (long)ChunkRows - 1) / ChunkRows);

    /// <summary>The partition for a layer of this many parameters.</summary>
    public static RowPartition For(int rows, int classes, long parameters)
    {
        // More classes mean more weights to stream for each block, so larger blocks pay; more than 128 rows would cost precision in float32 sums.
        var block = classes <= 32 ? 32 : classes <= 128 ? 64 : 128;
        long chunks = Math.Clamp(rows / ComfortableChunkRows, FewestChunks, MostChunks);
        chunks = Math.Clamp(MostPartialSumBytes / (parameters * sizeof(double)), 1, chunks);
        var blocks = (rows + (long)block - 1) / block;
        var blocksAChunk = Math.Max(1, (blocks + chunks - 1) / chunks);
        return new RowPartition(rows, block, checked((int)(blocksAChunk * block)));
    }

    /// <summary>First row of a chunk and the row after its last.</summary>
    public (int Start, int End) Chunk(int chunk)
    {
        var start = chunk * ChunkRows;
        return (start, (int)Math.Min(Rows, start + (long)ChunkRows));
    }
}
