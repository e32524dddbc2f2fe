#include "io/replace.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "io/scratch_folder.h"

namespace symshape::io {
namespace {

namespace fs = std::filesystem;

TEST(ReplaceFile, WritesAllPiecesAndLeavesNothingElse) {
  const ScratchFolder folder;
  ASSERT_TRUE(ReplaceFile(folder / "a", {{"one", "", "two"}}).ok());
  EXPECT_EQ(ReadText(folder / "a"), "onetwo");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(ReplaceFile, KeepsThePermissionsOfWhatItReplaces) {
  const ScratchFolder folder;
  WriteText(folder / "a", "old");
  ASSERT_EQ(chmod((folder / "a").c_str(), 0640), 0);
  ASSERT_TRUE(ReplaceFile(folder / "a", {{"new"}}).ok());
  EXPECT_EQ(ReadText(folder / "a"), "new");
  EXPECT_EQ(fs::status(folder / "a").permissions(), static_cast<fs::perms>(0640));
}

TEST(ReplaceFile, ANewFileHasThePermissionsOfAnyOther) {
  const ScratchFolder folder;
  WriteText(folder / "usual", "");
  ASSERT_TRUE(ReplaceFile(folder / "a", {{"new"}}).ok());
  EXPECT_EQ(fs::status(folder / "a").permissions(), fs::status(folder / "usual").permissions());
}

TEST(ReplaceFile, FollowsALink) {
  const ScratchFolder folder;
  WriteText(folder / "real", "old");
  fs::create_symlink("real", folder / "link");
  ASSERT_TRUE(ReplaceFile(folder / "link", {{"new"}}).ok());
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(ReadText(folder / "real"), "new");
}

TEST(ReplaceFile, SaysWhatIsWrong) {
  const ScratchFolder folder;
  absl::Status status = ReplaceFile(folder / "none/a", {{"x"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), absl::string_view("cannot write '" + (folder / "none/a") +
                                                "': No such file or directory"));
  status = ReplaceFile(folder / "", {{"x"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(ReplaceFile, LeavesAReadOnlyFileAlone) {
  const ScratchFolder folder;
  WriteText(folder / "a", "old");
  ASSERT_EQ(chmod((folder / "a").c_str(), 0444), 0);
  ASSERT_EQ(chmod((folder / "").c_str(), 0777), 0);
  // Nothing is read-only for root, so the call is made as nobody.
  const uid_t user = geteuid();
  ASSERT_EQ(seteuid(user == 0 ? 65534 : user), 0);
  const absl::Status status = ReplaceFile(folder / "a", {{"new"}});
  ASSERT_EQ(seteuid(user), 0);
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReadText(folder / "a"), "old");
}

// A limit on the size of files stands in for a full disk: both make write() fail half-way.
TEST(ReplaceFile, AFullDiskLeavesTheOldFile) {
  const ScratchFolder folder;
  WriteText(folder / "a", "old");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 4096;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const absl::Status status = ReplaceFile(folder / "a", {{std::string(10000, 'x')}});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReadText(folder / "a"), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(ReplaceFile, WritesToAPipeDirectly) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_TRUE(ReplaceFile("/dev/fd/" + std::to_string(ends[1]), {{"text"}}).ok());
  close(ends[1]);
  const absl::StatusOr<std::string> got = ReadAll(ends[0], 100, "pipe");
  close(ends[0]);
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(*got, "text");
}

TEST(ReadAll, StopsAtTheLimit) {
  const ScratchFolder folder;
  WriteText(folder / "a", std::string(5000, 'x'));
  std::FILE* file = std::fopen((folder / "a").c_str(), "rb");
  EXPECT_EQ(ReadAll(fileno(file), 4999, "a").status().code(), absl::StatusCode::kResourceExhausted);
  std::rewind(file);
  EXPECT_EQ(ReadAll(fileno(file), 5000, "a")->size(), 5000u);
  std::fclose(file);
}

}  // namespace
}  // namespace symshape::io
