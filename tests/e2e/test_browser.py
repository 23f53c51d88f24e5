"""One real browser on the real product."""

from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from facemark.testing.product import running_product
from tools.screenshots import CHROMIUM_OPTIONS, fill, scrolls_sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_officer_follows_the_link_and_finds_who_is_missing(
    tmp_path: Path, chromium_path: str
) -> None:
    fill(tmp_path)
    with running_product(tmp_path) as product, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=[*CHROMIUM_OPTIONS]
        )
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.set_default_timeout(60_000)
        refused = page.goto(product.link.partition("?")[0])
        assert refused is not None
        assert refused.status == 401
        expect(page.get_by_text("Open FaceMark with the link that was printed")).to_be_visible()

        page.goto(product.link)
        sentence = page.get_by_role("heading", level=1)
        expect(sentence).to_contain_text("are missing; 6B's register is not taken.", timeout=60_000)
        assert "access" not in page.url
        assert not scrolls_sideways(page)

        page.goto(product.link.partition("?")[0] + "outbox")
        expect(page.get_by_text("has not arrived for").first).to_be_visible(timeout=60_000)
        page.get_by_text("Trouble").click()
        expect(page.get_by_text("No message fits")).to_be_visible(timeout=60_000)
        assert "state=Trouble" in page.url
        expect(page.get_by_text("Deploy")).to_have_count(0)
        browser.close()
