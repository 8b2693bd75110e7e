// SPDX-License-Identifier: MIT
// Between fork and exec only async-signal-safe calls are made: test programs have threads (Paho's)
// when they fork.
#include "tests/support/process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <random>
#include <sstream>
#include <stdexcept>

namespace antiphon::test {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

int output_file(const std::filesystem::path& path) {
  const int fd = path.empty() ? memfd_create("output", MFD_CLOEXEC)
                              : open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) fail("cannot open a file for output");
  if (path.empty()) fcntl(fd, F_SETFL, O_APPEND);
  return fd;
}

int input_file(const std::string& text) {
  const int fd = memfd_create("input", MFD_CLOEXEC);
  if (fd < 0) fail("cannot make an input file");
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t n = write(fd, text.data() + written, text.size() - written);
    if (n < 0) fail("cannot write the input");
    written += static_cast<std::size_t>(n);
  }
  lseek(fd, 0, SEEK_SET);
  return fd;
}

std::string read_all(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0) fail("cannot look at the output");
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  const ssize_t n = pread(fd, text.data(), text.size(), 0);
  text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return text;
}

/// Debian keeps mosquitto in /usr/sbin, which people's PATH seldom has.
std::string found_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* path = std::getenv("PATH");
  std::string all = path == nullptr ? "/usr/bin:/bin" : path;
  all += ":/usr/sbin:/usr/local/sbin";
  std::istringstream folders(all);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto file = std::filesystem::path(folder) / name;
    if (access(file.c_str(), X_OK) == 0) return file.string();
  }
  throw std::runtime_error("no such program: " + name);
}

std::vector<std::string> environment_with(std::map<std::string, std::string> added) {
  // Whoever runs the tests may have contexts, or options for mosquitto_pub.
  added.emplace("XDG_CONFIG_HOME", "/nonexistent");
  std::vector<std::string> lines;
  for (char** line = environ; *line != nullptr; ++line) {
    const std::string text = *line;
    if (!added.contains(text.substr(0, text.find('=')))) lines.push_back(text);
  }
  for (const auto& [name, value] : added)
    lines.push_back(std::string(name).append("=").append(value));
  return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool can_listen(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("cannot make a socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool ok = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return ok;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& argv, const ProcessOptions& options) {
  const std::string program = found_program(argv.at(0));
  auto arguments = argv;
  auto environment = environment_with(options.env);
  const auto argument_pointers = pointers_to(arguments);
  const auto environment_pointers = pointers_to(environment);
  const std::string cwd = options.cwd.string();
  const pid_t parent = getpid();
  out_ = output_file(options.out_file);
  err_ = output_file(options.err_file);
  const int in = input_file(options.stdin_text);

  pid_ = fork();
  if (pid_ < 0) fail("cannot fork");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    if (!cwd.empty() && chdir(cwd.c_str()) != 0) _exit(127);
    dup2(in, STDIN_FILENO);
    dup2(out_, STDOUT_FILENO);
    dup2(err_, STDERR_FILENO);
    execve(program.c_str(), argument_pointers.data(), environment_pointers.data());
    _exit(127);
  }
  close(in);
}

ChildProcess::~ChildProcess() {
  if (running()) {
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(out_);
  close(err_);
}

bool ChildProcess::running() {
  if (exit_code_) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

void ChildProcess::kill(int signal) {
  if (running()) ::kill(pid_, signal);
}

int ChildProcess::wait(std::chrono::milliseconds timeout) {
  await([this] { return !running(); }, timeout, "the end of process " + std::to_string(pid_));
  return exit_code_.value();
}

std::string ChildProcess::out() const {
  return read_all(out_);
}
std::string ChildProcess::err() const {
  return read_all(err_);
}

RunResult run(const std::vector<std::string>& argv, const ProcessOptions& options,
              std::chrono::milliseconds timeout) {
  ChildProcess child(argv, options);
  const int exit_code = child.wait(timeout);
  return {exit_code, child.out(), child.err()};
}

int free_port() {
  static std::mt19937 random{std::random_device{}()};
  std::uniform_int_distribution<int> ports(10'000, 32'000);
  while (true) {
    const int port = ports(random);
    if (can_listen(port)) return port;
  }
}

}  // namespace antiphon::test
