#include "io/external_data.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "io/scratch_folder.h"

namespace symshape::io {
namespace {

namespace fs = std::filesystem;

TEST(ExternalData, ReadsRanges) {
  const ScratchFolder folder;
  fs::create_directory(folder / "sub");
  WriteText(folder / "sub/weights.bin", "0123456789");
  ExternalData data(folder.path());
  EXPECT_EQ(data.Read("sub/weights.bin", 3, 4), "3456");
  EXPECT_EQ(data.Read("./sub/weights.bin", 8, 2), "89");
  EXPECT_EQ(data.Read("sub/weights.bin", 10, 0), "");
}

TEST(ExternalData, HasNothingWhereTheFileIsShortOrAbsent) {
  const ScratchFolder folder;
  WriteText(folder / "weights.bin", "0123456789");
  ExternalData data(folder.path());
  EXPECT_FALSE(data.Read("weights.bin", 8, 3).has_value());
  EXPECT_FALSE(data.Read("weights.bin", 11, 0).has_value());
  EXPECT_FALSE(data.Read("weights.bin", -1, 1).has_value());
  EXPECT_FALSE(data.Read("weights.bin", 1, -1).has_value());
  EXPECT_FALSE(data.Read("weights.bin", 1, std::numeric_limits<int64_t>::max()).has_value());
  EXPECT_FALSE(data.Read("none.bin", 0, 1).has_value());
  EXPECT_FALSE(data.Read("", 0, 1).has_value());
}

TEST(ExternalData, NeverLeavesTheFolder) {
  const ScratchFolder folder;
  fs::create_directory(folder / "model");
  WriteText(folder / "secret", "0123456789");
  fs::create_symlink("../secret", folder / "model/link");
  fs::create_directory_symlink("..", folder / "model/up");
  ExternalData data(folder / "model");
  EXPECT_FALSE(data.Read("../secret", 0, 1).has_value());
  EXPECT_FALSE(data.Read(folder / "secret", 0, 1).has_value());
  EXPECT_FALSE(data.Read("link", 0, 1).has_value());
  EXPECT_FALSE(data.Read("up/secret", 0, 1).has_value());
  EXPECT_FALSE(data.Read("none/../../secret", 0, 1).has_value());
  EXPECT_FALSE(data.Read("/dev/zero", 0, 1).has_value());
}

}  // namespace
}  // namespace symshape::io
