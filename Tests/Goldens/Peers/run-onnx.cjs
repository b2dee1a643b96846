// Runs ONNX models with ONNX Runtime: node run-onnx.cjs FOLDER
// FOLDER/job.json lists [{ model, inputs: { name: { type, dims, file } } }]; each output is written as raw bytes, and FOLDER/result.json tells, for each
// model, { outputs: { name: { type, dims, file } } } or { error }.
const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');
const folder = process.argv[2];
const arrays = { float32: Float32Array, float64: Float64Array, int64: BigInt64Array, uint64: BigUint64Array, int32: Int32Array, uint32: Uint32Array, int16: Int16Array, uint16: Uint16Array, int8: Int8Array, uint8: Uint8Array, bool: Uint8Array, float16: Uint16Array };

async function run(job, index) {
  const session = await ort.InferenceSession.create(path.resolve(folder, job.model), { intraOpNumThreads: 2, interOpNumThreads: 1, graphOptimizationLevel: 'all', logSeverityLevel: 3 });
  const feeds = {};
  for (const [name, { type, dims, file }] of Object.entries(job.inputs)) {
    const bytes = fs.readFileSync(path.join(folder, file));
    const aligned = new Uint8Array(bytes).buffer;
    feeds[name] = new ort.Tensor(type, new arrays[type](aligned), dims);
  }
  const outputs = {};
  let at = 0;
  for (const [name, tensor] of Object.entries(await session.run(feeds))) {
    const file = `output-${index}-${at++}.bin`;
    const data = tensor.data;
    fs.writeFileSync(path.join(folder, file), Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    outputs[name] = { type: tensor.type, dims: tensor.dims, file };
  }
  await session.release();
  return { outputs };
}

(async () => {
  const jobs = JSON.parse(fs.readFileSync(path.join(folder, 'job.json'), 'utf8'));
  const results = [];
  for (let i = 0; i < jobs.length; i++) {
    try {
      results.push(await run(jobs[i], i));
    } catch (error) {
      results.push({ error: String(error.message ?? error) });
    }
  }
  fs.writeFileSync(path.join(folder, 'result.json'), JSON.stringify(results));
})();
