import type { NextConfig } from "next";

const config: NextConfig = {
  // Pages only: the server beside them answers /api/trpc, sets the headers and holds every secret.
  transpilePackages: ["@mitome/card", "@mitome/ra", "@mitome/ui"],
  poweredByHeader: false,
  devIndicators: false,
  reactStrictMode: true,
  productionBrowserSourceMaps: false,
  images: { unoptimized: true },
  // The `typecheck` task checks the types, of server and pages together.
  typescript: { ignoreBuildErrors: true },
};

export default config;
