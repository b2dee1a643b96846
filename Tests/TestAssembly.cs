[assembly: Xunit.TestFramework("MlTransfer.Goldens.CountingTestFramework", "MlTransfer.Goldens")]
