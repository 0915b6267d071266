from home.models.pages import HomePage, NewsIndexPage, NewsPage, PlainPage

__all__ = ["HomePage", "NewsIndexPage", "NewsPage", "PlainPage"]
