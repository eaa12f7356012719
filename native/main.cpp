// The `effcam` command: reads the command line, calls one of commands.h.

#include <CLI/CLI.hpp>
#include <cstdio>

#include "checkpoint/checkpoint.h"
#include "commands.h"
#include "memory_limit.h"

namespace {

using namespace effcam;
using namespace effcam::native;

std::string family_help() {
  std::string help = "How the checkpoint was trained, where its file does not say:";
  for (const checkpoint::FamilyHelp& family : checkpoint::families()) help += text("\n  ", family.id, ": ", family.help);
  return help;
}

std::string method_help() {
  std::string help;
  for (int i = 0; i < cam::kMethods; ++i)
    help += text(i ? ", " : "", cam::method_name(static_cast<cam::Method>(i)));
  return help + ". score-cam and ablation-cam run the network once for each channel of the layer";
}

void add_model_options(CLI::App& app, ModelOptions& model) {
  app.add_option("--family", model.family, family_help())->type_name("NAME");
  app.add_option("--variant", model.variant, "b0 … b7, v2-b0 … v2-b3, where it cannot be recognised")->type_name("NAME");
  app.add_option("--size", model.size, "Side of the network's input, 32 to 4096, instead of the model's own")->type_name("PIXELS");
  app.add_flag("--int8", model.int8, "Multiply in bytes in the 1×1 convolutions: faster on processors with dot "
               "products of bytes, and close to the exact answer");
  app.add_option("--operators", model.operators, "What a pass is made of: fused, or xnnpack: XNNPACK's own operators one after "
                 "the other, nothing fused; slower, the same answers to rounding, not with --int8")
      ->check(CLI::IsMember({"fused", "xnnpack"}))->capture_default_str();
  app.add_flag("--warp", model.warp, "Warp the whole image to a square instead of cropping its middle");
}

void add_map_options(CLI::App& app, MapOptions& map) {
  app.add_option("--target", map.target, "The class to explain: top1, an index, a name, or A-B: why A and not B")
      ->type_name("CLASS")->capture_default_str();
  app.add_option("--score", map.score, "What of the class is explained: its logit, or its probability")
      ->check(CLI::IsMember({"logit", "probability"}))->capture_default_str();
  app.add_flag("--signed", map.is_signed, "Keep what speaks against the class: negative values, in diverging colours");
  app.add_flag("--counterfactual", map.counterfactual, "What would change the answer: the map of the negated class");
  app.add_flag("--smooth", map.smooth, "The mean over the image and its mirror image at three contrasts (six passes)");
  app.add_flag("--judge", map.judge, "Measure whether the map deserves belief: deletion, insertion, ROAD, confidence drop, "
               "completeness, random weights; beside a random map and one of the centre (about 150 passes a cell)");
}

CLI::App* add_run(CLI::App& app, RunOptions& o) {
  CLI::App* run = app.add_subcommand("run", "Classify images with models and explain each answer by a heat map");
  run->footer(
      "Examples:\n"
      "  effcam run photo.jpg                                   the shipped model's five best classes\n"
      "  effcam run *.jpg --model b0.safetensors b3.safetensors --out grid.png\n"
      "  effcam run pets.jpg --model b0.safetensors --target tabby --out cat.png\n"
      "  effcam run photo.png --json - --logits --maps          everything, as one JSON object\n"
      "Exit code: 0 when every cell was computed, 1 when one was not, 2 for a wrong command line.");
  run->add_option("IMAGE", o.images, "JPEG or PNG files, or folders of them")->required();
  run->add_option("--model", o.models, "Checkpoints (.safetensors), or names of the catalogue; the default is 'default'")
      ->type_name("FILE|NAME ...");
  add_map_options(*run, o.map);
  run->add_option("--layer", o.layer, "head (after the last swish), head.raw (before batch norm), stageN, block.N or "
                  "input; several with commas: the mean of their maps. The default is head, and input for saliency")
      ->type_name("NAME");
  run->add_option("--method", o.method, method_help())->type_name("NAME")->capture_default_str();
  run->add_option("--out", o.out, "Write the grid of all images and models as a PNG")->type_name("FILE");
  run->add_option("--json", o.json, "Write all results as JSON (docs/json.md); - for standard output")->type_name("FILE");
  run->add_flag("--logits", o.logits, "The JSON has every logit");
  run->add_flag("--maps", o.maps, "The JSON has the raw maps");
  run->add_flag("--agreement", o.agreement, "How far two models or more agree, by their maps and classes: as a table, in "
                "the JSON, and as two more columns of the grid");
  run->add_option("--colours", o.colours, "Colours of the maps: jet, viridis or diverging")->capture_default_str();
  run->add_option("--blend", o.blend, "alpha, or additive as in the original comparison")
      ->check(CLI::IsMember({"alpha", "additive"}))->capture_default_str();
  run->add_option("--opacity", o.opacity, "Of the map over the image, 0 to 1")->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  run->add_flag("--common-scale", o.common_scale, "One scale for all cells, so that their maps can be compared");
  run->add_option("--threads", o.threads, "Threads; 0 for as many as the machine runs at once")->check(CLI::Range(0, 256))
      ->capture_default_str();
  run->add_flag("--quiet", o.quiet, "No progress on the terminal");
  add_model_options(*run, o.model);
  return run;
}

CLI::App* add_explain(CLI::App& app, ExplainOptions& o) {
  CLI::App* explain = app.add_subcommand("explain", "One image by one model: every method at every layer, as a grid");
  explain->footer("Examples:\n  effcam explain pets.jpg --model b0.safetensors --target tabby --out methods.png\n"
                  "  effcam explain pets.jpg --model b0.safetensors --classes 5 --layer head,stage5 --out classes.png");
  explain->add_option("IMAGE", o.image, "A JPEG or PNG file")->required();
  explain->add_option("--model", o.model, "A checkpoint (.safetensors), or a name of the catalogue")
      ->type_name("FILE|NAME")->capture_default_str();
  add_map_options(*explain, o.map);
  explain->add_option("--layer", o.layers, "The rows, with commas")->type_name("NAMES")->capture_default_str();
  explain->add_option("--classes", o.classes, "The columns are that many of the most probable classes, explained at once, by "
                      "the first method")->check(CLI::Range(1, 100))->type_name("N");
  explain->add_option("--method", o.methods, "The columns, with commas")->type_name("NAMES")->capture_default_str();
  explain->add_option("--out", o.out, "Write the grid as a PNG")->type_name("FILE");
  explain->add_option("--json", o.json, "Write all results as JSON (docs/json.md); - for standard output")
      ->type_name("FILE");
  explain->add_flag("--maps", o.maps, "The JSON has the raw maps");
  explain->add_option("--threads", o.threads, "Threads; 0 for as many as the machine runs at once")
      ->check(CLI::Range(0, 256))->capture_default_str();
  add_model_options(*explain, o.model_options);
  return explain;
}

CLI::App* add_inspect(CLI::App& app, InspectOptions& o) {
  CLI::App* inspect = app.add_subcommand("inspect", "Say what a checkpoint is: variant, dialect, family, input, tensors");
  inspect->add_option("FILE", o.files, "Checkpoints (.safetensors), or names of the catalogue")->required();
  inspect->add_flag("--tensors", o.tensors, "List every tensor");
  add_model_options(*inspect, o.model);
  return inspect;
}

CLI::App* add_bench(CLI::App& app, BenchOptions& o) {
  CLI::App* bench = app.add_subcommand("bench", "Time a warm forward pass and the map on top of it (medians)");
  bench->add_option("MODEL", o.models, "Checkpoints (.safetensors), or names of the catalogue");
  bench->add_flag("--profile{stages}", o.profile, "Where the time of a forward pass goes, by kind of operator and by "
                  "stage; --profile=operators: and by operator")->check(CLI::IsMember({"stages", "operators"}));
  bench->add_flag("--peak", o.peak, "The arithmetic that one thread and all do in registers; needs no MODEL");
  bench->add_flag("--explain", o.explain, "What maps cost at each layer, for one class and for ten, and by each method");
  bench->add_flag("--fusions", o.fusions, "What each fusion gains: operator by operator beside --operators xnnpack, pass by "
                  "pass in turn");
  bench->add_flag("--json", o.json, "One JSON object a model: load_ms, first_ms, runs_ms[], logits[], memory; with "
                  "--peak the machine's peak, with --profile both");
  bench->add_option("--int8-agreement", o.agreement_images, "How close int8 answers and maps are to those in f32, over "
                    "these images (files or folders)")->type_name("IMAGES ...");
  bench->add_option("--input", o.input, "With --json: the input, raw 32-bit floats, height × width × 3")->type_name("FILE");
  bench->add_option("--warm", o.warm_ms, "With --json: milliseconds of runs before those that count");
  bench->add_option("--for", o.run_ms, "With --json: milliseconds of runs that count")->capture_default_str();
  bench->add_option("--runs", o.runs, "Timed runs")->check(CLI::Range(1, 100000))->capture_default_str();
  bench->add_option("--threads", o.threads, "Threads; 0 for as many as the machine runs at once")
      ->check(CLI::Range(0, 256))->capture_default_str();
  add_model_options(*bench, o.model);
  bench->callback([&o] {
    if (o.models.empty() && !o.peak) throw CLI::RequiredError("MODEL");
  });
  return bench;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("effcam: what EfficientNets see. Predictions and Grad-CAM heat maps, image by model.");
  app.set_version_flag("--version", EFFCAM_VERSION);
  app.require_subcommand(1);
  RunOptions run_options;
  ExplainOptions explain_options;
  InspectOptions inspect_options;
  BenchOptions bench_options;
  const CLI::App* run_command = add_run(app, run_options);
  const CLI::App* explain_command = add_explain(app, explain_options);
  const CLI::App* inspect_command = add_inspect(app, inspect_options);
  add_bench(app, bench_options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  for (const ModelOptions* model :
       {&run_options.model, &explain_options.model_options, &inspect_options.model, &bench_options.model}) {
    if (!model->int8 || model->operators == "fused") continue;
    std::fprintf(stderr, "effcam: --int8 is of the fused network: with --operators xnnpack everything is f32\n");
    return 2;
  }
  limit_memory();
  if (run_options.models.empty()) run_options.models = {"default"};
  if (run_command->parsed()) return run(run_options);
  if (explain_command->parsed()) return explain(explain_options);
  if (inspect_command->parsed()) return inspect(inspect_options);
  return bench(bench_options);
}
