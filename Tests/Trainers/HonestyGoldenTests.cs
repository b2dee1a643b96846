using MlTransfer.Trainers.CrossValidation;
using MlTransfer.Trainers.Duplicates;
using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.LabelAudit;
using MlTransfer.Trainers.Rejection;
using Xunit.Abstractions;

namespace MlTransfer.Trainers.Tests;

/// <summary>What honest evaluation finds in real photos: copies, changed labels, a kind of flower that was never shown. Figures are printed.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "flowers (honest evaluation)")]
public sealed class HonestyGoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string> Files() => Flowers.Files();

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void The_same_file_twice_is_a_near_duplicate_of_similarity_one(string file)
    {
        var flowers = Flowers.Read(file);
        var found = NearDuplicates.Find(flowers.Features);
        var pairs = found.Pairs.ToDictionary(pair => (pair.First, pair.Second), pair => pair.Similarity);
        var copies = 0;
        foreach (var group in Enumerable.Range(0, flowers.Digests.Length).GroupBy(row => flowers.Digests[row]))
        {
            int[] rows = [.. group.Order()];
            for (var a = 0; a < rows.Length; a++)
            {
                for (var b = a + 1; b < rows.Length; b++)
                {
                    copies++;
                    Assert.Equal(1, pairs[(rows[a], rows[b])]);
                }
            }
        }

        // Near-duplicates are rare in a set of photos: a threshold that calls many pairs so would be noise.
        output.WriteLine($"{file}: {found.Total} pairs, {copies} of them the same file");
        Assert.InRange(found.Total, copies, copies + (flowers.Features.Rows / 10));
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Changed_labels_are_found_and_come_first(string file)
    {
        var flowers = Flowers.Read(file);
        var random = new Random(7);
        var labels = (int[])flowers.Labels.Clone();
        var changed = new HashSet<int>();
        while (changed.Count < flowers.Labels.Length / 20)
        {
            var row = random.Next(labels.Length);
            if (changed.Add(row))
            {
                labels[row] = (labels[row] + 1 + random.Next(flowers.Classes.Length - 1)) % flowers.Classes.Length;
            }
        }

        var rows = new TrainingRows { Features = flowers.Features, Labels = labels };
        var validation = new CrossValidator(new CrossValidationOptions { Repeats = 2 }).Run(Flowers.Trainer(flowers.Classes), rows);
        var audit = ConfidentLearning.Find(labels, validation.MeanProbabilities.Span);
        var hits = audit.Issues.Count(issue => changed.Contains(issue.Row));
        var first = audit.Issues.Take(changed.Count).Count(issue => changed.Contains(issue.Row));
        output.WriteLine(
            $"{file}: accuracy {validation.Results.Accuracy:0.000}; of {changed.Count} changed labels {hits} are among {audit.Issues.Count} issues, {first} among the first {changed.Count}; {audit.EstimatedErrors:0.0} estimated");

        // By chance the issues would hold as many of the changed rows as of any rows.
        Assert.True(hits >= 0.5 * changed.Count);
        Assert.True(hits / (double)changed.Count > 3.0 * audit.Issues.Count / labels.Length);
        Assert.True(first >= 0.25 * changed.Count);
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void A_kind_that_was_never_shown_looks_newer_than_those_that_were(string file)
    {
        var flowers = Flowers.Read(file);
        var areas = new List<double>();
        var (lost, caught) = (new List<double>(), new List<double>());
        for (var left = 0; left < flowers.Classes.Length; left++)
        {
            var known = flowers.Classes.Where((_, number) => number != left).ToArray();
            int Number(int label) => label < left ? label : label - 1;
            var rows = Enumerable.Range(0, flowers.Labels.Length).Where(row => flowers.Labels[row] != left).ToArray();
            var training = flowers.Select([.. rows.Where((_, place) => place % 5 is 0 or 1 or 2)], Number);
            var validation = flowers.Select([.. rows.Where((_, place) => place % 5 == 3)], Number);
            var test = flowers.Select([.. rows.Where((_, place) => place % 5 == 4)], Number);
            var unknown = flowers.Select([.. Enumerable.Range(0, flowers.Labels.Length).Where(row => flowers.Labels[row] == left)], _ => 0);
            var head = Flowers.Trainer(known).Fit(training.Features, training.Labels.Span).CreateHead(Flowers.Describe(known));
            var rule = RejectionRule.Fit(head, training, validation);
            RejectionVerdict[] Judge(IFeatureSource features)
            {
                var probabilities = head.Predict(features);
                return [.. Enumerable.Range(0, features.Rows).Select(row => rule.Judge(features.Row(row), probabilities.AsSpan(row * known.Length, known.Length)))];
            }

            var (inside, outside) = (Judge(test.Features), Judge(unknown.Features));
            areas.Add(Ranking.RocAuc([.. inside.Concat(outside).Select(verdict => verdict.Novelty)], [.. inside.Select(_ => false), .. outside.Select(_ => true)])!.Value);
            lost.Add(inside.Count(verdict => verdict.IsRejected) / (double)inside.Length);
            caught.Add(outside.Count(verdict => verdict.IsRejected) / (double)outside.Length);
        }

        output.WriteLine($"{file}: ROC AUC {areas.Average():0.000} ({string.Join(", ", areas.Select(area => area.ToString("0.00")))}); known lost {lost.Average():0.000}, unknown rejected {caught.Average():0.000}");
        Assert.True(areas.Average() > 0.55);
        Assert.InRange(lost.Average(), 0, 0.15);
        Assert.True(caught.Average() > lost.Average());
    }

    [SkippableFact]
    public void Taps_are_told_apart_on_the_same_rows_where_separate_intervals_may_overlap()
    {
        var files = Flowers.Names();
        Skip.If(files.Length < 2, $"Two files of features that flowers/expected.json names are needed to compare; there {(files.Length == 1 ? $"is only {files[0]}" : "is none")}.");
        var results = files.Select(file =>
        {
            var flowers = Flowers.Read(file);
            return new CrossValidator().Run(Flowers.Trainer(flowers.Classes), flowers.Select([.. Enumerable.Range(0, flowers.Labels.Length)])).Results;
        }).ToArray();
        for (var second = 1; second < files.Length; second++)
        {
            var comparison = PairedComparison.Of(results[0], results[second]);
            output.WriteLine(
                $"{files[second]} ({results[second].Accuracy:0.000}) against {files[0]} ({results[0].Accuracy:0.000}): {100 * comparison.AccuracyDifference:+0.0;-0.0} points ({100 * comparison.AccuracyInterval.Low:+0.0;-0.0} to {100 * comparison.AccuracyInterval.High:+0.0;-0.0}), p = {comparison.PValue:g2}");
            Assert.InRange(comparison.AccuracyDifference, comparison.AccuracyInterval.Low, comparison.AccuracyInterval.High);
            Assert.Equal(results[second].Accuracy - results[0].Accuracy, comparison.AccuracyDifference, 1e-12);

            // The test and the interval are two ways to ask the same; far from the border they agree.
            Assert.True(comparison.PValue is >= 0.01 and <= 0.2 || (comparison.PValue < 0.05) == (comparison.AccuracyInterval.Low > 0 || comparison.AccuracyInterval.High < 0));
        }
    }
}
