namespace MlTransfer.Datasets.Sources;

/// <summary>One row of a list.</summary>
/// <param name="Line">The line it begins on, from 1.</param>
/// <param name="Fields">Its fields, unquoted, spaces around them cut.</param>
internal sealed record CsvRecord(long Line, string[] Fields);
