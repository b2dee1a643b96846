// Runs TensorFlow.js models with plain JavaScript: node run-tfjs.cjs FOLDER
// FOLDER/job.json lists [{ model, inputs: { name: { type, dims, file } } }], model being a folder with model.json; each output is written as raw bytes, and
// FOLDER/result.json tells, for each model, { outputs: { name: { type, dims, file } }, milliseconds } or { error }.
const fs = require('fs');
const path = require('path');
const tf = require('@tensorflow/tfjs');
const folder = process.argv[2];
const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

// What a browser does with fetch: model.json, then the shards that it lists, joined.
function handler(file) {
  return {
    load: async () => {
      const json = JSON.parse(fs.readFileSync(file, 'utf8'));
      const weightSpecs = json.weightsManifest.flatMap(group => group.weights);
      const shards = json.weightsManifest.flatMap(group => group.paths).map(name => fs.readFileSync(path.join(path.dirname(file), name)));
      const weightData = new Uint8Array(Buffer.concat(shards)).buffer;
      return { modelTopology: json.modelTopology, format: json.format, generatedBy: json.generatedBy, convertedBy: json.convertedBy, signature: json.signature, weightSpecs, weightData };
    }
  };
}

async function run(job, index) {
  const file = path.resolve(folder, job.model, 'model.json');
  const isGraph = JSON.parse(fs.readFileSync(file, 'utf8')).format === 'graph-model';
  const model = isGraph ? await tf.loadGraphModel(handler(file)) : await tf.loadLayersModel(handler(file));
  const feeds = {};
  for (const [name, { type, dims, file: input }] of Object.entries(job.inputs)) {
    const bytes = new Uint8Array(fs.readFileSync(path.join(folder, input))).buffer;
    feeds[name] = tf.tensor(new arrays[type](bytes), dims, type);
  }
  const begun = Date.now();
  const names = isGraph ? Object.keys(model.modelSignature.outputs) : model.outputNames;
  let results = isGraph
    ? await model.executeAsync(feeds, names.map(name => model.modelSignature.outputs[name].name))
    : model.predict(model.inputNames.map(name => feeds[name]));
  results = Array.isArray(results) ? results : [results];
  const outputs = {};
  for (let i = 0; i < results.length; i++) {
    const data = await results[i].data();
    const output = `output-${index}-${i}.bin`;
    fs.writeFileSync(path.join(folder, output), Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    outputs[names[i]] = { type: results[i].dtype, dims: results[i].shape, file: output };
  }
  return { outputs, milliseconds: Date.now() - begun };
}

(async () => {
  await tf.setBackend('cpu');
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
