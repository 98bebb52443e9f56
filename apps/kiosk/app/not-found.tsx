/** Our own words and no inline style: Next's page carries one, which the content security policy refuses. */
export default function NotFound() {
  return (
    <main className="flex flex-col gap-4 p-8">
      <h1 className="text-std-28B-150">ページがありません</h1>
      <p className="text-std-20N-150">アドレスを確かめてください。</p>
    </main>
  );
}
