class Usagereport < Formula
  desc "Reports on costs from a cloud's usage files"
  homepage "@URL@"
  version "@VERSION@"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "@DOWNLOAD@/usagereport_@VERSION@_darwin_arm64.tar.gz"
      sha256 "@SHA256 darwin_arm64.tar.gz@"
    end
    on_intel do
      url "@DOWNLOAD@/usagereport_@VERSION@_darwin_amd64.tar.gz"
      sha256 "@SHA256 darwin_amd64.tar.gz@"
    end
  end

  on_linux do
    on_arm do
      url "@DOWNLOAD@/usagereport_@VERSION@_linux_arm64.tar.gz"
      sha256 "@SHA256 linux_arm64.tar.gz@"
    end
    on_intel do
      url "@DOWNLOAD@/usagereport_@VERSION@_linux_amd64.tar.gz"
      sha256 "@SHA256 linux_amd64.tar.gz@"
    end
  end

  def install
    bin.install "usagereport"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/usagereport.bash" => "usagereport"
    zsh_completion.install "completions/_usagereport"
    fish_completion.install "completions/usagereport.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/usagereport --version")
    system bin/"usagereport", "demo", "demo"
    system bin/"usagereport", "report", "demo", "-o", "report.html"
  end
end
