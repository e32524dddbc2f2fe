#include "cli/batch.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/terminal.h"

namespace symshape::cli {
namespace {

namespace fs = std::filesystem;

bool IsFolder(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

absl::StatusOr<std::vector<fs::path>> ModelsBelow(const std::string& folder,
                                                  const std::string& result_suffix) {
  std::vector<fs::path> models;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    std::error_code gone;
    const std::string name = it->path().filename().string();
    if (absl::EndsWith(name, ".onnx") && !absl::EndsWith(name, result_suffix) &&
        it->is_regular_file(gone)) {
      models.push_back(it->path());
    }
  }
  if (error) {
    return absl::UnavailableError(absl::StrCat("cannot read '", folder, "': ", error.message()));
  }
  if (models.empty())
    return absl::NotFoundError(absl::StrCat("no .onnx file below '", folder, "'"));
  std::sort(models.begin(), models.end());
  return models;
}

absl::Status CheckDistinct(absl::Span<const BatchItem> items) {
  std::set<std::string> outputs;
  for (const BatchItem& item : items) {
    if (item.output.empty() || outputs.insert(item.output).second) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("two models would be written to '", item.output, "'"));
  }
  return absl::OkStatus();
}

// Says what is finished, in order, whoever finished it.
class Reporter {
 public:
  explicit Reporter(size_t count) : outcomes_(count), progress_(isatty(fileno(stderr)) == 1) {}

  void Finish(size_t index, Outcome outcome) {
    const std::lock_guard<std::mutex> lock(mutex_);
    outcomes_[index] = std::move(outcome);
    ++finished_;
    for (; next_ < outcomes_.size() && outcomes_[next_]; ++next_) SayNext();
    if (progress_) {
      Say(finished_ < outcomes_.size() ? absl::StrCat(kClear, finished_, " of ", outcomes_.size())
                                       : kClear);
    }
  }
  BatchResult result() const { return result_; }

 private:
  static constexpr char kClear[] = "\r\x1b[K";  // back to the line's start, which is emptied

  void SayNext() {
    Outcome& outcome = *outcomes_[next_];
    result_.code = std::max(result_.code, outcome.code);
    result_.failed += outcome.code != 0;
    if (progress_) Say(kClear);
    if (!outcome.line.empty()) std::fwrite(outcome.line.data(), 1, outcome.line.size(), stdout);
    if (!outcome.talk.empty()) Say(outcome.talk);
    outcome = Outcome();
  }

  std::mutex mutex_;
  std::vector<std::optional<Outcome>> outcomes_;
  size_t next_ = 0;  // all before it are said
  size_t finished_ = 0;
  BatchResult result_;
  bool progress_;
};

}  // namespace

bool IsBatch(absl::Span<const std::string> words) {
  return words.size() > 1 || (words.size() == 1 && IsFolder(words[0]));
}

absl::StatusOr<std::vector<BatchItem>> BatchItems(absl::Span<const std::string> words,
                                                  const OutputArgs& output, bool no_output,
                                                  const std::string& what) {
  if (output.output == "-" || std::find(words.begin(), words.end(), "-") != words.end()) {
    return absl::InvalidArgumentError("several models: neither stdin nor stdout can take part");
  }
  if (output.in_place && !output.output.empty()) {
    return absl::InvalidArgumentError("--in-place contradicts -o");
  }
  std::vector<BatchItem> items;
  const auto add = [&](const fs::path& model, const fs::path& below) {
    BatchItem item{model.string(), ""};
    if (!output.output.empty()) {
      item.output = (fs::path(output.output) / below).string();
    } else if (!no_output) {
      item.output = *OutputPath(output, item.model, what);
    }
    items.push_back(std::move(item));
  };
  for (const std::string& word : words) {
    if (!IsFolder(word)) {
      add(word, fs::path(word).filename());
      continue;
    }
    const auto models = ModelsBelow(word, absl::StrCat(".", what, ".onnx"));
    if (!models.ok()) return models.status();
    for (const fs::path& model : *models) add(model, model.lexically_relative(word));
  }
  if (absl::Status status = CheckDistinct(items); !status.ok()) return status;
  return items;
}

BatchResult RunBatch(absl::Span<const BatchItem> items, int jobs,
                     const std::function<Outcome(const BatchItem&)>& work) {
  Reporter reporter(items.size());
  std::atomic<size_t> next = 0;
  const auto run = [&] {
    for (size_t i = next++; i < items.size(); i = next++) reporter.Finish(i, work(items[i]));
  };
  std::vector<std::thread> threads;
  const size_t count = std::min<size_t>(jobs, items.size());
  for (size_t t = 1; t < count; ++t) threads.emplace_back(run);
  run();
  for (std::thread& thread : threads) thread.join();
  return reporter.result();
}

}  // namespace symshape::cli
