// The `effcam` command as one more native engine of the peers' benchmark.
// Usage: node native.mjs EFFCAM PEERS MODEL THREADS OPTIONS, MODEL being a folder of PEERS/models
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const [effcam, peers, model, threads, options = '{}'] = process.argv.slice(2);
const { input = 0, warmMs = 1000, runMs = 2000, profile = false } = JSON.parse(options);
const folder = path.join(peers, 'models', model);
const [, channels, height, width] = JSON.parse(readFileSync(path.join(folder, 'meta.json'), 'utf8')).input;

// Theirs is NCHW, ours NHWC.
const bytes = readFileSync(path.join(folder, `input${input}.bin`));
const planes = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const pixels = new Float32Array(planes.length);
for (let c = 0; c < channels; c += 1) {
  for (let p = 0; p < height * width; p += 1) pixels[p * channels + c] = planes[c * height * width + p];
}
const work = mkdtempSync(path.join(os.tmpdir(), 'effcam-native-'));
try {
  const file = path.join(work, 'input.f32');
  writeFileSync(file, pixels);
  const said = execFileSync(effcam, ['bench', path.join(folder, 'state.safetensors'), '--family', 'torchvision',
    '--size', String(height), '--input', file, '--threads', threads, '--warm', String(warmMs), '--for', String(runMs),
    '--json', '--peak', ...(profile ? ['--profile'] : [])], { encoding: 'utf8', maxBuffer: 1 << 26 });
  process.stdout.write(said);
} finally {
  rmSync(work, { recursive: true });
}
