#!/usr/bin/env bash
# The `effcam` command as its user meets it: answers, reports, sentences and exit codes.
# Usage: command_test.sh EFFCAM CHECKOUT [quick]        quick: without what runs a network hundreds of times
set -uo pipefail
effcam=$1
scenes=$2/assets/scenes
model=$2/models/effcam-default/efficientnet_b0.imagenette.safetensors
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# expect NAME CODE PATTERN command...: the exit code, and a pattern somewhere in what it prints.
expect() {
  local name=$1 code=$2 pattern=$3 said status
  shift 3
  said=$("$@" 2>&1)
  status=$?
  if [ "$status" != "$code" ] || ! grep -Eq -- "$pattern" <<< "$said"; then
    printf 'FAILED %s: exit code %s (expected %s), no "%s" in:\n%s\n' "$name" "$status" "$code" "$pattern" "$said"
    failed=1
  fi
}

expect 'the shipped model by default' 0 'golf ball' "$effcam" run "$scenes/golf_ball.jpg"
expect 'a model by its file' 0 'French horn' "$effcam" run "$scenes/french_horn.jpg" --model "$model" --threads 1
expect 'JSON on standard output' 0 '"label": "church"' "$effcam" run "$scenes/church.jpg" --json - --logits --maps
expect 'another layer and method' 0 '"layer": "stage5"' "$effcam" run "$scenes/church.jpg" --json - --layer stage5 --method layer-cam
expect 'a contrast' 0 '"against"' "$effcam" run "$scenes/church_and_parachute.jpg" --json - --target 'parachute-church'
expect 'several layers' 0 'stage3,head' "$effcam" run "$scenes/church.jpg" --json - --layer stage3,head
expect 'a grid' 0 'tench' "$effcam" run "$scenes/tench.jpg" "$scenes/church.jpg" --out "$work/grid.png"
expect 'the grid is a PNG' 0 'PNG' head -c 8 "$work/grid.png"
# The same network twice agrees with itself.
cp "$model" "$work/again.safetensors"
twice=(--model default "$work/again.safetensors" --agreement)
expect 'agreement' 0 'church.jpg: 2 of 2 say church' "$effcam" run "$scenes/church.jpg" "${twice[@]}"
expect 'agreement of the maps' 0 '^  default, again +1.000 +1.000 +1.000  100 % same of 2 images$' \
  "$effcam" run "$scenes/church.jpg" "$scenes/tench.jpg" "${twice[@]}"
expect 'agreement as JSON' 0 '"agreement_mean"' "$effcam" run "$scenes/church.jpg" "${twice[@]}" --json - --maps
expect 'agreement in the grid' 0 'mean of 1 image$' "$effcam" run "$scenes/church.jpg" "${twice[@]}" --out "$work/agreement.png"
expect 'the grid has five columns' 0 ' 00000478$' od -An -tx4 --endian=big -j16 -N4 "$work/agreement.png"
expect 'agreement needs two models' 2 'two or more' "$effcam" run "$scenes/church.jpg" --agreement
expect 'methods by layers' 0 'stage4 +xgrad-cam' "$effcam" explain "$scenes/church.jpg" --layer head,stage4 \
  --method grad-cam,xgrad-cam --out "$work/explain.png"
expect 'signed, negated, smooth, of a probability' 0 '"counterfactual": true' "$effcam" run "$scenes/church.jpg" --json - \
  --signed --counterfactual --smooth --score probability --layer stage4
expect 'a map of pixels' 0 '"height": 160' "$effcam" run "$scenes/church.jpg" --json - --maps --method guided-grad-cam
expect 'saliency at the input' 0 '"layer": "input"' "$effcam" run "$scenes/church.jpg" --json - --method saliency
expect 'forward passes only' 0 '"method": "score-cam"' "$effcam" run "$scenes/church.jpg" --json - --method score-cam --layer stage3
expect 'the cost of many passes' 0 'EfficientNet-B0: about 41 forward passes a cell' "$effcam" run "$scenes/church.jpg" \
  --method score-cam --layer stage3
expect 'classes at once' 0 'stage5 +grad-cam .* parachute' "$effcam" explain "$scenes/church_and_parachute.jpg" --classes 3 \
  --layer head,stage5 --out "$work/classes.png"
mkdir "$work/folder"
cp "$scenes/church.jpg" "$work/folder/b.JPG"
cp "$scenes/tench.jpg" "$work/folder/a.jpeg"
touch "$work/folder/notes.txt"
expect 'a folder of images' 0 'mean of 2 images$' "$effcam" run "$work/folder" "${twice[@]}"
mkdir "$work/empty"
expect 'an empty folder' 1 'empty: a folder without JPEG or PNG files' "$effcam" run "$work/empty"
expect 'in int8' 0 'EfficientNet-B0, int8' "$effcam" run "$scenes/church.jpg" --int8
expect 'in int8 as JSON' 0 '"precision": "int8"' "$effcam" run "$scenes/church.jpg" --int8 --json -
expect 'f32 says so too' 0 '"precision": "f32"' "$effcam" run "$scenes/church.jpg" --json -
expect 'methods in int8' 0 'stage4 +grad-cam .*int8' "$effcam" explain "$scenes/church.jpg" --layer stage4 \
  --method grad-cam --int8 --out "$work/int8.png"
expect 'the time in int8' 0 'EfficientNet-B0 +int8' "$effcam" bench default --int8 --runs 1
expect 'how close int8 is' 0 '2 images, same top-1 100.0 %' "$effcam" bench default --int8-agreement "$work/folder"
expect 'nothing fused' 0 'golf ball' "$effcam" run "$scenes/golf_ball.jpg" --operators xnnpack
expect 'nothing fused, another layer' 0 '"layer": "stage5"' "$effcam" run "$scenes/church.jpg" --operators xnnpack --json - \
  --layer stage5
expect 'the time with nothing fused' 0 'EfficientNet-B0 +f32, nothing fused' "$effcam" bench default --operators xnnpack --runs 1
expect 'the operators in JSON' 0 '"operators":"xnnpack"' "$effcam" bench default --operators xnnpack --json --for 1
expect 'what fusions gain' 0 '^  expand.depthwise +[0-9.]+ +[0-9.]+ +[0-9.]+$' "$effcam" bench default --fusions --runs 1
expect 'int8 with nothing fused' 2 'int8 is of the fused network' "$effcam" run "$scenes/church.jpg" --operators xnnpack --int8
expect 'operators that are not there' 2 'xnnpack' "$effcam" run "$scenes/church.jpg" --operators magic
expect 'inspect' 0 'EfficientNet-B0' "$effcam" inspect default
expect 'bench' 0 'of the peak' "$effcam" bench default --runs 1
expect 'where the time goes' 0 '^  block.15 project .* GFLOP/s' "$effcam" bench default --runs 1 --profile=operators
expect 'what XNNPACK carries' 0 '^XNNPACK carries 9[0-9.]+ % of the multiply-adds and [0-9]+ % of the time$' \
  "$effcam" bench default --runs 1 --profile
expect 'a profile as JSON' 0 '"peak":.*"profile":.*"name":"head classifier"' "$effcam" bench default --json --for 1 --profile
expect 'the peak alone' 0 'peak of one thread [0-9.]+ GFLOP/s' "$effcam" bench --peak
expect 'bench without a model' 2 'MODEL is required' "$effcam" bench
if [ "${3:-}" != quick ]; then
  expect 'belief' 0 'completeness error' "$effcam" run "$scenes/church.jpg" --judge
  expect 'belief as JSON' 0 '"random_weights"' "$effcam" run "$scenes/church.jpg" --judge --json -
  expect 'the largest input' 0 '"height": 128' "$effcam" run "$scenes/church.jpg" --size 4096 --int8 --json - --maps
  expect 'an input that memory does not hold' 1 'church.jpg with default: not enough memory: ' \
    bash -c 'ulimit -v 1500000 && exec "$@"' - "$effcam" run "$scenes/church.jpg" --size 4096
  expect 'what maps cost' 0 'stage5 .* ms' "$effcam" bench default --explain --runs 1
fi
expect 'help' 0 'Examples' "$effcam" run --help

# Bad input: one sentence, and the rest goes on.
head -c 2000 "$scenes/church.jpg" > "$work/short.jpg"
printf 'no picture' > "$work/text.jpg"
head -c 100000 "$model" > "$work/short.safetensors"
expect 'a missing image' 1 'absent.jpg: No such file' "$effcam" run "$work/absent.jpg"
expect 'a truncated image' 1 'short.jpg: ' "$effcam" run "$work/short.jpg"
expect 'a text that says it is an image' 1 'text.jpg: ' "$effcam" run "$work/text.jpg"
expect 'the good ones go on' 1 'golf ball' "$effcam" run "$work/text.jpg" "$scenes/golf_ball.jpg"
expect 'a truncated checkpoint' 1 'short.safetensors: ' "$effcam" run "$scenes/church.jpg" --model "$work/short.safetensors"
expect 'an unknown model' 1 'nor a model of the catalogue' "$effcam" run "$scenes/church.jpg" --model nothing
expect 'an unknown class' 1 "no class 'unicorn'" "$effcam" run "$scenes/church.jpg" --target unicorn
expect 'a layer that is not there' 1 'has no block.99' "$effcam" run "$scenes/church.jpg" --layer block.99
expect 'a contrast of a contrast' 1 'finer-cam makes its own contrast' "$effcam" run "$scenes/church.jpg" --method finer-cam \
  --target church-parachute
expect 'too large an input' 1 'an input of 4097 pixels: 32 to 4096' "$effcam" run "$scenes/church.jpg" --size 4097
expect 'a wrong layer' 2 "no layer is called 'tail'" "$effcam" run "$scenes/church.jpg" --layer tail
expect 'a wrong method' 2 'grad-cam' "$effcam" run "$scenes/church.jpg" --method magic
expect 'a wrong option' 2 'colour' "$effcam" run "$scenes/church.jpg" --colour red
expect 'no image' 2 'IMAGE' "$effcam" run
expect 'a folder that cannot be written to' 1 'cannot write' "$effcam" run "$scenes/church.jpg" --out "$work/none/grid.png"
exit $failed
