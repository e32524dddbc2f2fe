// Many analyses in many threads, and many readers of one. What ThreadSanitizer finds here (preset
// tsan, the step of that name in tools/test) is what a service would meet.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "symshape/infer.h"
#include "symshape/report.h"
#include "symshape/write.h"

namespace symshape {
namespace {

constexpr int kThreads = 8;

void InThreads(const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back(work, t);
  for (std::thread& thread : threads) thread.join();
}

std::vector<std::string> Models() {
  std::vector<std::string> models;
  for (const auto& entry : std::filesystem::directory_iterator("tests/models")) {
    if (entry.path().extension() == ".onnx" && entry.file_size() < 400'000) {
      models.push_back(entry.path().string());
    }
  }
  std::sort(models.begin(), models.end());
  return models;
}

// All that is known, as text and as a model.
std::string All(const std::string& model) {
  const auto analysis = InferFile(model);
  if (!analysis.ok()) return std::string(analysis.status().message());
  const auto bytes = WriteBytes(*analysis);
  return bytes.ok() ? *bytes + ReportJson(*analysis, model) : "not written";
}

TEST(Threads, EachAnalysisIsItsOwn) {
  const std::vector<std::string> models = Models();
  ASSERT_GT(models.size(), 20u);
  std::vector<std::string> alone;
  for (const std::string& model : models) alone.push_back(All(model));
  std::atomic<int> different = 0;
  InThreads([&](int thread) {
    for (size_t i = 0; i < models.size(); ++i) {
      const size_t k = (i + static_cast<size_t>(thread) * 3) % models.size();
      different += All(models[k]) != alone[k];
    }
  });
  EXPECT_EQ(different, 0);
}

TEST(Threads, ManyReadOneAnalysis) {
  const auto analysis = InferFile("docs/examples/retinaface.onnx");
  ASSERT_TRUE(analysis.ok()) << analysis.status();
  const Sizes sizes = {{"batch", 1}, {"height", 64}, {"width", 96}};
  const auto read = [&] {
    std::string text = analysis->ShapeOf("conf").value()->ToString();
    const auto numbers = analysis->Evaluate("conf", sizes);
    for (int64_t size : *numbers) text += std::to_string(size);
    for (const Condition& condition : analysis->conditions()) text += condition.when;
    for (const Tensor& tensor : analysis->tensors()) text += tensor.name + tensor.type;
    for (const Symbol& symbol : analysis->symbols()) text += symbol.name;
    return text + std::to_string(analysis->Broken(sizes).size());
  };
  const std::string alone = read();
  std::atomic<int> different = 0;
  InThreads([&](int) {
    for (int i = 0; i < 5; ++i) different += read() != alone;
  });
  EXPECT_EQ(different, 0);
}

}  // namespace
}  // namespace symshape
