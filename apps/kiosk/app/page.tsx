import Link from "next/link";

/** The way in for whoever sets up a counter; a terminal is set to open its own screen. */
export default function Page() {
  return (
    <main className="flex flex-col gap-6 p-8">
      <h1 className="text-std-28B-150">公的個人認証サービス 窓口</h1>
      <ul className="flex flex-col gap-3 text-std-20N-150">
        <li>
          <Link prefetch={false} className="text-blue-1000 underline" href="/counter">
            受付窓口端末
          </Link>
        </li>
        <li>
          <Link prefetch={false} className="text-blue-1000 underline" href="/resident">
            鍵ペア生成装置の画面
          </Link>
        </li>
      </ul>
    </main>
  );
}
