#include "io/source_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "io/replace.h"
#include "io/scratch_folder.h"

namespace symshape::io {
namespace {

constexpr size_t kMegabyte = size_t{1} << 20;

// Not the same at any two offsets that are a page apart.
std::string Numbered(size_t size) {
  std::string text(size, ' ');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i / 4096 + i) % 23);
  return text;
}

size_t ResidentBytes(absl::string_view bytes) {
  std::vector<unsigned char> pages((bytes.size() + 4095) / 4096);
  EXPECT_EQ(mincore(const_cast<char*>(bytes.data()), bytes.size(), pages.data()), 0);
  size_t resident = 0;
  for (unsigned char page : pages) resident += (page & 1) * 4096;
  return resident;
}

TEST(SourceFile, SaysWhatIsWrong) {
  const ScratchFolder folder;
  EXPECT_EQ(SourceFile::Open(folder / "none").status().code(), absl::StatusCode::kNotFound);
  const absl::Status directory = SourceFile::Open(folder / "").status();
  EXPECT_EQ(directory.message(),
            absl::string_view("cannot read '" + (folder / "") + "': it is a directory"));
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(SourceFile::Open(folder / "pipe").status().code(), absl::StatusCode::kUnavailable);
}

TEST(SourceFile, AnEmptyFileHasNoBytes) {
  const ScratchFolder folder;
  WriteText(folder / "a", "");
  const auto file = SourceFile::Read(folder / "a");
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE((*file)->bytes().empty());
}

TEST(SourceFile, ReadsOnlyWhatIsAskedFor) {
  const ScratchFolder folder;
  const std::string text = Numbered(16 * kMegabyte);
  WriteText(folder / "a", text);
  const auto file = SourceFile::Open(folder / "a");
  ASSERT_TRUE(file.ok());
  const absl::string_view bytes = (*file)->bytes();
  ASSERT_EQ(bytes.size(), text.size());
  for (const size_t offset :
       {9 * kMegabyte + 5, size_t{10}, 15 * kMegabyte, 16 * kMegabyte - 100}) {
    ASSERT_TRUE((*file)->Load(offset, 100).ok());
    EXPECT_EQ(bytes.substr(offset, 100), absl::string_view(text).substr(offset, 100));
  }
  EXPECT_LT(ResidentBytes(bytes), kMegabyte);
  ASSERT_TRUE((*file)->Load(3 * kMegabyte, 8 * kMegabyte).ok());
  EXPECT_EQ(bytes.substr(3 * kMegabyte, 8 * kMegabyte),
            absl::string_view(text).substr(3 * kMegabyte, 8 * kMegabyte));
}

TEST(SourceFile, WhatIsReadMayBeCutByOthers) {
  const ScratchFolder folder;
  const std::string text = Numbered(kMegabyte);
  WriteText(folder / "a", text);
  const auto file = SourceFile::Read(folder / "a");
  ASSERT_TRUE(file.ok());
  std::filesystem::resize_file(folder / "a", 0);
  EXPECT_EQ((*file)->bytes(), absl::string_view(text));
}

TEST(SourceFile, AFileThatIsCutShortIsAnError) {
  const ScratchFolder folder;
  WriteText(folder / "a", Numbered(8 * kMegabyte));
  const auto file = SourceFile::Open(folder / "a");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Load(0, 10).ok());
  std::filesystem::resize_file(folder / "a", 4 * kMegabyte);
  const absl::Status late = (*file)->Load(6 * kMegabyte, 10);
  EXPECT_EQ(late.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(late.message(), absl::string_view("cannot read '" + (folder / "a") +
                                              "': it was cut short while it was read"));
  const absl::string_view all[] = {(*file)->bytes()};
  EXPECT_EQ(ReplaceFile(folder / "b", {all, file->get()}).code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(folder / "b"));
  EXPECT_EQ(Join({all, file->get()}).status().code(), absl::StatusCode::kUnavailable);
}

TEST(SourceFile, AFileThatIsChangedIsAnError) {
  const ScratchFolder folder;
  WriteText(folder / "a", Numbered(2 * kMegabyte));
  const auto file = SourceFile::Open(folder / "a");
  ASSERT_TRUE(file.ok());
  std::filesystem::last_write_time(folder / "a", std::filesystem::file_time_type::min());
  const absl::string_view all[] = {(*file)->bytes()};
  const absl::Status status = ReplaceFile(folder / "b", {all, file->get()});
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(status.message().find("changed"), absl::string_view::npos);
}

// What was not read is written from the file: to a file, to a pipe, into memory.
TEST(SourceFile, PiecesNeedNotBeLoaded) {
  const ScratchFolder folder;
  const std::string text = Numbered(3 * kMegabyte);
  WriteText(folder / "a", text);
  const auto file = SourceFile::Open(folder / "a");
  ASSERT_TRUE(file.ok());
  const absl::string_view bytes = (*file)->bytes();
  const absl::string_view pieces[] = {bytes.substr(0, 10), "new", bytes.substr(10)};
  const std::string wanted = text.substr(0, 10) + "new" + text.substr(10);

  ASSERT_TRUE(ReplaceFile(folder / "b", {pieces, file->get()}).ok());
  EXPECT_TRUE(ReadText(folder / "b") == wanted);
  EXPECT_TRUE(Join({pieces, file->get()}).value() == wanted);

  WriteText(folder / "c", "");
  const int fd = open((folder / "c").c_str(), O_WRONLY | O_APPEND);  // copy_file_range refuses it
  ASSERT_TRUE(WritePieces(fd, {pieces, file->get()}, "c").ok());
  close(fd);
  EXPECT_TRUE(ReadText(folder / "c") == wanted);
  EXPECT_EQ(ResidentBytes(bytes), 0u);
}

// Small ones are gathered, and keep their place among the large ones.
TEST(SourceFile, PiecesMayBeMany) {
  const ScratchFolder folder;
  const std::string text = Numbered(2 * kMegabyte);
  WriteText(folder / "a", text);
  const auto file = SourceFile::Open(folder / "a");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Load(0, kMegabyte).ok());
  const absl::string_view bytes = (*file)->bytes();
  std::vector<absl::string_view> pieces;
  std::string wanted;
  const auto add = [&](size_t offset, size_t length) {
    pieces.push_back(bytes.substr(offset, length));
    pieces.push_back("new");
    wanted += text.substr(offset, length) + "new";
  };
  for (size_t offset = 0; offset < kMegabyte; offset += 777) add(offset, 700);
  add(kMegabyte, kMegabyte / 2);
  for (size_t offset = kMegabyte; offset + 700 < 2 * kMegabyte; offset += 77777) add(offset, 700);
  ASSERT_TRUE(ReplaceFile(folder / "b", {pieces, file->get()}).ok());
  EXPECT_TRUE(ReadText(folder / "b") == wanted);
}

}  // namespace
}  // namespace symshape::io
