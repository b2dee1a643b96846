// Folders of photos in, a classifier and its test report out. Run: dotnet run -c Release --project samples/PhotosToClassifier [-- FOLDER]
var photos = ImageFolderSource.Read(args.Length > 0 ? args[0] : SampleDataset.Locate());
var backbone = BackboneCatalog.Load().Backbones[0];
var tap = backbone.Tap("mixed8");
using var cache = FeatureCache.Open("photos.features", FeatureExtraction.KeyOf(backbone, tap));
using var extractor = new FeatureExtractor(backbone, [tap], new ManagedEngine());
new FeatureExtraction(extractor, new CacheFeatureStore(cache)).Run(photos);

var features = new FeatureMatrix(cache.ReadAll(), cache.Entries.Count, tap.Dimension, [.. cache.Entries.Select(entry => entry.Path)]);
int[] labels = [.. cache.Entries.Select(entry => photos.Labels.ToList().IndexOf(entry.Label))];
var split = StratifiedSplit.Assign([.. cache.Entries.Select(entry => entry.Label)], testFraction: 0.2, validationFraction: 0, seed: 42);
int[] train = split.Rows(Subset.Training), test = split.Rows(Subset.Test);

var trainer = new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = photos.Labels });
var result = trainer.Fit(features.Select(train), [.. train.Select(row => labels[row])]);
var head = new SoftmaxHead(result.Weights, HeadDescription.Of(cache.Key, photos.Labels));
head.Save("photos.head");
Console.WriteLine(ClassificationReport.Create(head.Labels, [.. test.Select(row => labels[row])], head.Predict(features.Select(test))).ToText());
