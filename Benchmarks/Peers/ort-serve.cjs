// ONNX Runtime as one side of a comparison: loads a model, says so, then runs for as long as it is told, whenever it is told.
// Once:  npm install --ignore-scripts onnxruntime-node@1.22   (in a folder outside the project)
// Run:   NODE_PATH=<that folder>/node_modules node ort-serve.cjs --model FILE --threads N --batch N [--size PIXELS] [--values FILE]
// Input name, type and shape are read from the model; the first dimension is the batch, others that are open become the size (the last: 3).
// --values: raw little-endian float32 for the input; default: a linear congruential generator, the same as the other side's.
// Standard output: one JSON line after loading and running once, one for every line "run SECONDS" read; ends with the input.
const fs = require('fs');
const readline = require('readline');
const option = (name, fallback) => { const i = process.argv.indexOf('--' + name); return i < 0 ? fallback : process.argv[i + 1]; };
const model = option('model'), threads = +option('threads', 2), batch = +option('batch', 8), size = +option('size', 224), file = option('values');
const say = object => process.stdout.write(JSON.stringify(object) + '\n');
const residentMB = () => Math.round(process.memoryUsage().rss / 1048576);

(async () => {
  const ort = require('onnxruntime-node');
  const start = process.hrtime.bigint();
  const since = t => Number(process.hrtime.bigint() - t) / 1e9;
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all', logSeverityLevel: 3 });
  const loaded = since(start);
  const meta = session.inputMetadata[0];
  const dims = meta.shape.map((extent, i) => i === 0 ? batch : typeof extent === 'number' && extent > 0 ? extent : i === meta.shape.length - 1 ? 3 : size);
  const count = dims.reduce((a, b) => a * b, 1);
  const pixels = new Float32Array(count);
  if (file) {
    const bytes = fs.readFileSync(file);
    new Uint8Array(pixels.buffer).set(bytes.subarray(0, count * 4));
  } else {
    let state = 1;
    for (let i = 0; i < count; i++) { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; pixels[i] = state / 4294967296; }
  }
  const feeds = { [meta.name]: new ort.Tensor(meta.type, pixels, dims) };
  const output = (await session.run(feeds))[session.outputNames[0]];
  say({ engine: 'onnxruntime ' + require('onnxruntime-node/package.json').version, loadMs: Math.round(loaded * 1000), firstRunMs: Math.round(since(start) * 1000), residentMB: residentMB(), values: Array.from(output.data.subarray(0, 64)) });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const seconds = +line.split(' ')[1], begun = process.hrtime.bigint();
    let runs = 0;
    do { await session.run(feeds); runs++; } while (since(begun) < seconds);
    say({ imagesPerSecond: runs * batch / since(begun), residentMB: residentMB() });
  }
})().catch(error => { console.error(String(error)); process.exit(1); });
