// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "vitals",
  products: [
    .executable(name: "vitals", targets: ["vitals"]),
    .library(name: "Health", targets: ["Health"]),
    .library(name: "Storage", targets: ["Storage"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Migrations", path: "Migrations", resources: [.embedInCode("sql")]),
    .target(name: "Health", dependencies: [.product(name: "Yams", package: "Yams")]),
    .target(name: "Storage", dependencies: ["CSQLite", "Migrations", "Health"]),
    .target(name: "Import", dependencies: ["CZlib", "Storage", "Health", .product(name: "Yams", package: "Yams")]),
    .target(name: "Reports", dependencies: ["Storage", "Health"]),
    .executableTarget(
      name: "vitals",
      dependencies: [
        "Import", "Reports", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.embedInCode("Shipped")]
    ),
    .target(name: "TestSupport", dependencies: ["Health"], path: "Tests/TestSupport"),
    .testTarget(name: "HealthTests", dependencies: ["Health", "TestSupport"]),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "Migrations", "Health", "TestSupport"]),
    .testTarget(name: "ImportTests", dependencies: ["CZlib", "Import", "Storage", "Health", "TestSupport"]),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "Storage", "Health"]),
    .testTarget(
      name: "VitalsTests", dependencies: ["vitals", "Import", "Storage", "Health", "TestSupport"], exclude: ["Gallery/Cases", "Golden"]),
  ],
  swiftLanguageModes: [.v6]
)
